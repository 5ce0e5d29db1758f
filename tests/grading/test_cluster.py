"""A class on a Dask cluster, whatever becomes of workers and scheduler; the class of 200 compares its results."""

import errno
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest.mock import Mock

import pytest
from distributed.security import Security

from checks.commands.status import FULL_MARKS, NOT_GRADED, POINTS_MISSING, WRONG_USAGE
from checks.engine import connect
from checks.engine import engine as engine_module
from checks.engine.errors import NoEngine
from checks.grading import cluster as cluster_module
from checks.grading.attempts import Attempts
from checks.grading.cluster import Cluster
from checks.grading.dispatch import Dispatch
from checks.grading.engines import Choice
from checks.grading.entries import entries_of
from checks.grading.on_worker import engine_here
from checks.grading.pool import LocalPool, PoolError
from checks.grading.seats import Seats
from checks.lab import ROOT, load_lab
from checks.outcomes import EngineUsed, Outcome, Report
from tests.commands.course_copy import copy_course
from tests.grading import worker_ender
from tests.grading.class_process import ended, grading, wait_for
from tests.grading.dask_cluster import DaskCluster, cluster_in
from tests.grading.results_of import LONG_AGO, date_back, moments, reports_of
from tests.grading.sample_class import LAB, write_class
from tests.mistakes import overlays, submission

if TYPE_CHECKING:
    from distributed import Future

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]


@pytest.fixture
def people(tmp_path: Path) -> list[Path]:
    """Thirty submissions of each kind, right ones first."""
    everybody = write_class(tmp_path / "class")
    return [*everybody[:4], *everybody[4::2]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    """A scheduler without workers."""
    with cluster_in(tmp_path / "cluster") as cluster:
        cluster.scheduler()
        yield cluster


def test_one_is_graded_again(cluster: DaskCluster, people: list[Path], tmp_path: Path) -> None:
    cluster.worker("first")
    few, out, words = people[:8], tmp_path / "out", ("--static", "--scheduler", cluster.address)
    assert ended(grading(few, out, *words))[0] == POINTS_MISSING
    date_back(out)
    assert ended(grading(few, out, *words, "--regrade", "right-zip"))[0] == POINTS_MISSING
    after = moments(reports_of(out))
    assert {name for name, moment in after.items() if moment != LONG_AGO} == {"right-zip"}
    assert [path.name for path in (out / "earlier").iterdir()] == ["right-zip.2026-01-01T000000Z.json"]


def test_a_submission_that_ends_three_workers(
    cluster: DaskCluster, people: list[Path], tmp_path: Path
) -> None:
    """The workers' nannies start them anew each time; the others of the class are graded as ever."""
    for name in ("first", "second"):
        cluster.worker(name, "--preload", worker_ender.__name__)
    hostile = people[1].rename(people[1].with_name(worker_ender.NAME))
    others = people[2:8]
    out = tmp_path / "out"
    status, told = ended(grading([hostile, *others], out, "--static", "--scheduler", cluster.address))
    assert status == NOT_GRADED, told
    reports = dict(reports_of(out))
    lost = reports.pop(hostile.stem)
    assert [(check.outcome, check.score, check.max_score) for check in lost.checks] == [(Outcome.ERROR, 0, 0)]
    assert lost.checks[0].actual.count("ended while it had this submission") == 3
    assert len(reports) == len(others)
    assert not any(check.outcome is Outcome.ERROR for report in reports.values() for check in report.checks)


def test_a_timeout_on_the_workers_is_theirs(people: list[Path]) -> None:
    """It is no report that is still on its way, which would be waited for without end."""

    class Failed:
        status = "error"

        def result(self, timeout: float) -> str:
            raise TimeoutError(timeout)

    attempts = [Attempts(entry) for entry in entries_of(people[:1])]
    dispatch = Dispatch(Mock(), Mock(), Mock(labs=[load_lab(LAB)]), [])
    for worker in ("first", "second", "third"):
        attempts[0].worker = worker
        future = cast("Future[str]", Failed())
        dispatch.running[future] = attempts[0]
        lost = list(dispatch._received(future))  # noqa: SLF001
        assert not dispatch.running
    assert "the worker third failed (TimeoutError" in lost[0].checks[0].actual


def test_no_engine_is_waited_for_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker without an engine comes first; of two others one dies before it answers."""
    there = iter([{}, {"first": 1, "second": 1}, {"first": 1}])
    naps = list[float]()
    monkeypatch.setattr(Seats, "now", lambda _: next(there))
    monkeypatch.setattr(cluster_module, "sleep", naps.append)
    answers = {"first": Mock(**{"result.return_value": ("host", "1", "overlay2")})}
    answers["second"] = Mock(**{"done.return_value": False})
    client = Mock(**{"submit.side_effect": lambda *_, workers, **__: answers[workers[0]]})
    monkeypatch.setattr(cluster_module, "Client", lambda _: client)
    engines = Cluster("tls://somewhere", LocalPool([], "auto", 1, Mock()), print).engines()
    assert engines == {EngineUsed("host", "1", store="overlay2")}
    assert len(naps) == 2


def test_a_worker_looks_for_its_engine_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lives for days, and Docker may be started after it."""
    engine = Mock(kind="host", version="1", directory=None)
    monkeypatch.setattr(connect, "find", Mock(side_effect=[NoEngine("none is here"), engine]))
    monkeypatch.setattr(engine_module, "store_of", lambda _: "overlay2")
    assert engine_here("auto") == ("none", "", "")
    assert engine_here("auto") == ("host", "1", "overlay2")


def test_a_full_disk_is_no_lost_scheduler(monkeypatch: pytest.MonkeyPatch, people: list[Path]) -> None:
    full = Mock(**{"reports.side_effect": OSError(errno.ENOSPC, "No space left on device")})
    monkeypatch.setattr(cluster_module, "Dispatch", lambda *_: full)
    monkeypatch.setattr(cluster_module, "Client", Mock())
    pool = Cluster("tls://somewhere", LocalPool([], "auto", 1, Mock()), print)
    with pytest.raises(OSError, match="No space left"):
        list(pool.reports(entries_of(people[:1])))


def test_a_lost_scheduler(cluster: DaskCluster, people: list[Path], tmp_path: Path) -> None:
    cluster.worker("first")
    out = tmp_path / "out"
    process = grading(people, out, "--static", "--scheduler", cluster.address)
    wait_for(out, 5, process)
    cluster.kill("scheduler")
    status, told = ended(process)
    done = moments(reports_of(out))
    assert status == NOT_GRADED
    assert 5 <= len(done) < len(people)
    assert "the scheduler is lost" in told
    assert f"{len(done)} of {len(people)} results are in {out}" in told
    assert ended(grading(people, out, "--static"))[0] == POINTS_MISSING
    assert done.items() <= moments(reports_of(out)).items()


def test_ctrl_c(cluster: DaskCluster, people: list[Path], tmp_path: Path) -> None:
    cluster.worker("first")
    out, words = tmp_path / "out", ("--static", "--scheduler", cluster.address)
    process = grading(people, out, *words)
    wait_for(out, 5, process)
    process.send_signal(signal.SIGINT)
    status, told = ended(process)
    done = moments(reports_of(out))
    assert (status, len(done) < len(people)) == (NOT_GRADED, True), told
    assert ended(grading(people, out, *words))[0] == POINTS_MISSING
    assert done.items() <= moments(reports_of(out)).items()


def test_a_worker_with_another_course(cluster: DaskCluster, people: list[Path], tmp_path: Path) -> None:
    course = copy_course(tmp_path / "course")
    (course / LAB / "app" / "main.py").write_text("changed = True\n")
    cluster.worker("other", course=course)
    words = ("--static", "--scheduler", cluster.address)
    status, told = ended(grading(people[:3], tmp_path / "out", *words))
    assert status == NOT_GRADED
    assert "no worker can grade: the worker tcp://127.0.0.1" in told
    assert "bring its folder to the same state" in told
    assert not reports_of(tmp_path / "out"), "what was there before stays as it is"
    cluster.worker("same")
    cluster.wait_until_joined("same")
    status, told = ended(grading(people[:3], tmp_path / "out", *words))
    assert status == FULL_MARKS, told
    assert "has another course" in told


def test_a_worker_outside_of_the_course(cluster: DaskCluster, people: list[Path], tmp_path: Path) -> None:
    cluster.worker("outside", course=tmp_path)
    status, told = ended(grading(people[:2], tmp_path / "out", "--static", "--scheduler", cluster.address))
    assert status == NOT_GRADED
    assert "start it in the course's folder" in told


def test_without_an_engine_on_the_workers(cluster: DaskCluster, people: list[Path], tmp_path: Path) -> None:
    cluster.worker("first")
    out, words = tmp_path / "out", ("--scheduler", cluster.address)
    assert ended(grading(people[:2], out, *words))[0] == NOT_GRADED
    before = moments(reports_of(out))
    outcomes = {check.outcome for report in reports_of(out).values() for check in report.checks}
    assert outcomes == {Outcome.PASS, Outcome.NOT_RUN}
    date_back(out)
    assert ended(grading(people[:2], out, *words))[0] == NOT_GRADED
    assert moments(reports_of(out)) == dict.fromkeys(before, LONG_AGO)


@pytest.mark.usefixtures("engine")
def test_containers_on_the_workers(cluster: DaskCluster, tmp_path: Path) -> None:
    """Each worker builds and boots; what comes back is what this machine's own grading says."""
    lab = load_lab(LAB)
    wrong = next(each for each in overlays(lab) if each.name == "serves-hello-world.answer-of-its-own")
    people = [ROOT / "solutions", submission(lab, wrong, tmp_path)]
    for name in ("first", "second"):
        cluster.worker(name)
    for out, words in (("there", ("--scheduler", cluster.address)), ("here", ())):
        status, told = ended(grading(people, tmp_path / out, *words))
        assert status == POINTS_MISSING, told
    found, wanted = (
        {name: fates(report) for name, report in reports_of(tmp_path / out).items()}
        for out in ("there", "here")
    )
    assert found == wanted
    assert set(found["solutions"].values()) == {Outcome.PASS}
    assert found[wrong.name]["serves-hello-world"] is Outcome.FAIL


def fates(report: Report) -> dict[str, Outcome]:
    return {check.id: check.outcome for check in report.checks}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:1", (NOT_GRADED, "no Dask scheduler answers")),
        ("tls://127.0.0.1:1", (NOT_GRADED, "distributed.comm.tls")),
        ("127.0.0.1:8786", (WRONG_USAGE, "tcp://HOST:PORT")),
        ("inproc://127.0.0.1/1/1", (WRONG_USAGE, "tcp://HOST:PORT")),
    ],
)
def test_an_address_of_no_scheduler(
    people: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    said: tuple[int, str],
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    status, told = ended(grading(people[:2], tmp_path / "out", "--static", "--scheduler", address))
    assert (status, said[1] in told) == (said[0], True), told


@pytest.mark.parametrize(
    ("address", "choice", "is_safe"),
    [
        ("tcp://10.1.2.3:8786", "auto", False),
        ("tcp://grader1:8786", "embedded", False),
        ("tcp://grader1:8786", "none", True),
        ("tls://grader1:8786", "auto", True),
        ("tcp://127.0.0.1:8786", "auto", True),
        ("tcp://[::1]:8786", "auto", True),
        ("tcp://localhost:8786", "auto", True),
        ("tcp://127.0.0.1.example.org:8786", "auto", False),
    ],
)
def test_a_scheduler_that_builds_could_reach_needs_tls(
    address: str, choice: Choice, *, is_safe: bool
) -> None:
    with nullcontext() if is_safe else pytest.raises(PoolError, match="Use tls://"):
        Cluster(address, LocalPool([], choice, 1, Mock()), print)


def test_tls(people: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Dask's own configuration all of them use the certificates; without it the scheduler lets nobody in."""
    with monkeypatch.context() as configured:
        _certify(tmp_path, configured)
        with cluster_in(tmp_path / "cluster") as cluster:
            cluster.scheduler("--protocol", "tls")
            cluster.worker("first")
            words = ("--static", "--scheduler", cluster.address)
            assert cluster.address.startswith("tls://")
            status, told = ended(grading(people[4:7], tmp_path / "out", *words))
            assert status == POINTS_MISSING, told
            configured.undo()
            status, told = ended(grading(people[4:7], tmp_path / "other", *words))
            assert (status, "certificates" in told) == (NOT_GRADED, True), told


def _certify(place: Path, configured: pytest.MonkeyPatch) -> None:
    """Write a certificate, and say where it is as docs/instructors.md does."""
    made = Security.temporary()
    texts = {"ca": made.tls_ca_file, "cert": made.tls_client_cert, "key": made.tls_client_key}
    for name, text in texts.items():
        (place / name).write_text(str(text))
    configured.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", str(place / "ca"))
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        for what in ("CERT", "KEY"):
            configured.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__{what}", str(place / what.lower()))
