"""Build slots: concurrent runs hold different slots, and each run keeps its own."""

from dataclasses import replace
from pathlib import Path

from checks.engine import Engine
from checks.engine.run import Run, running
from checks.engine.slots import SLOTS, Slot, sweep_cgroups


def test_slots_at_the_same_time_are_different(tmp_path: Path) -> None:
    first, second = Slot(tmp_path), Slot(tmp_path)
    assert (first.number, second.number) == (0, 1)
    first.release()
    first.release()
    assert Slot(tmp_path).number == 0
    assert second.number == 1


def test_a_forgotten_slot_is_free(tmp_path: Path) -> None:
    assert [Slot(tmp_path).number for _ in range(3)] == [0, 0, 0]


def test_a_run_keeps_its_slot_while_others_come_and_go(tmp_path: Path) -> None:
    other = Slot(tmp_path)
    with running(Run()) as run:
        own = run.slot(tmp_path).number
        other.release()
        assert run.slot(tmp_path).number == own == 1
        assert Slot(tmp_path).number == 0


def test_the_slot_of_a_run_that_is_over_is_free(tmp_path: Path) -> None:
    with running(Run()) as run:
        assert run.slot(tmp_path).number == 0
    assert run.slots == {}
    assert Slot(tmp_path).number == 0


def test_a_topic_comes_back_to_its_slot(tmp_path: Path) -> None:
    """What is built there is in the cache under the name of that slot."""
    first, second = Slot(tmp_path, "one"), Slot(tmp_path, "two")
    first.release()
    second.release()
    assert [Slot(tmp_path, topic).number for topic in ("two", "one")] == [1, 0]


def test_something_new_takes_nobodys_slot(tmp_path: Path) -> None:
    """Another grading may be between two builds."""
    assert [Slot(tmp_path, topic).number for topic in ("one", "two", "three", "one", "two")] == [
        0,
        1,
        2,
        0,
        1,
    ]


def test_where_all_slots_were_used_something_new_takes_the_one_that_was_left_longest_ago(
    tmp_path: Path,
) -> None:
    for topic in (*map(str, range(SLOTS)), "0"):
        Slot(tmp_path, topic)
    assert Slot(tmp_path, "new").number == 1


def test_a_topic_is_built_beside_what_it_is_compared_with(tmp_path: Path) -> None:
    topics = ("other", "second first", "first", "third", "second")
    assert [Slot(tmp_path, topic).number for topic in topics] == [0, 1, 1, 2, 1]


def test_what_has_no_topic_is_built_where_a_slot_became_free_last(tmp_path: Path) -> None:
    other, own = Slot(tmp_path, "one"), Slot(tmp_path, "two")
    other.release()
    own.release()
    assert Slot(tmp_path).number == 1
    Slot(tmp_path, "one")
    assert Slot(tmp_path).number == 0


def test_a_slot_remembers_more_than_one_topic(tmp_path: Path) -> None:
    assert [Slot(tmp_path, topic).number for topic in ("one", "two one")] == [0, 0]
    held = Slot(tmp_path, "two one")
    assert Slot(tmp_path, "three").number == 1
    held.release()
    assert [Slot(tmp_path, topic).number for topic in ("three", "one", "three", "two one")] == [1, 0, 1, 0]


def test_a_topic_whose_slot_is_taken_takes_another(tmp_path: Path) -> None:
    held = Slot(tmp_path, "one")
    assert Slot(tmp_path, "one").number == 1
    held.release()
    assert Slot(tmp_path, "one").number == 0


def test_a_sweep_keeps_what_a_slot_knows(engine: Engine, tmp_path: Path) -> None:
    first, second = Slot(tmp_path, "one"), Slot(tmp_path, "two")
    first.release()
    second.release()
    sweep_cgroups(replace(engine, directory=tmp_path))
    assert Slot(tmp_path, "two").number == 1
