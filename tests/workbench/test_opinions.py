"""Second opinions by the real tools, each beside the course's own verdict on its line; a tool that is missing."""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from checks.commands.new_lab import TEMPLATES
from checks.differences import OPINIONS, read_differences
from checks.engine import Engine, NoEngine
from checks.grading.catalog import planned
from checks.lab import ROOT, Lab, LabError, load_lab
from checks.parsing.scans.opinion import GAVE_UP, Opinion, of_docker, of_hadolint
from checks.parsing.text.problems import ParseError
from checks.workbench import UsageError, Workbench, asking, external_tools, opinions
from checks.workbench.asking import NO_CHECK, NoOpinion, ask, docker, hadolint, trivy
from tests.engines import LABS
from tests.made_labs import made_lab
from tests.tools import tool

pytestmark = pytest.mark.builds_lab("task1_layers")

SOLUTIONS = ROOT / "solutions"
EVERY_LAB = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)


def _lines(opinions: Iterator[Opinion]) -> list[tuple[str, int | None]]:
    return [(each.rule, each.line) for each in opinions]


def _docker(lab: Lab, name: str, file: Path) -> Sequence[Opinion]:
    try:
        return docker(Workbench(lab), name, file)
    except NoOpinion as none:
        if str(none) != NO_CHECK:
            raise
        pytest.skip(NO_CHECK)


@pytest.mark.slow
@EVERY_LAB
def test_the_lab_answers_for_every_finding_on_its_solution_and_no_other(lab: Lab) -> None:
    tool("hadolint"), tool("trivy")
    files = [SOLUTIONS / lab.id / name for name in lab.images]
    found = {opinion.rule for file in files for opinion in (*hadolint(file), *trivy(file))}
    assert found == set(read_differences(lab))


def test_a_new_lab_answers_for_those_on_its_own() -> None:
    tool("hadolint"), tool("trivy")
    lab = replace(LABS[0], starter=TEMPLATES / "folder")
    file = TEMPLATES / "solution" / "Dockerfile"
    assert {opinion.rule for opinion in (*hadolint(file), *trivy(file))} == set(read_differences(lab))


@EVERY_LAB
def test_the_checks_that_it_names_are_those_of_the_lab(lab: Lab) -> None:
    named = {check for difference in read_differences(lab).values() for check in difference.checks}
    assert named <= {check.id for check in planned(lab).checks}


@EVERY_LAB
@pytest.mark.usefixtures("engine")
def test_docker_warns_of_nothing_in_a_solution(lab: Lab) -> None:
    for name in lab.images:
        assert _docker(lab, name, SOLUTIONS / lab.id / name) == ()


@pytest.mark.usefixtures("engine")
def test_each_finding_stands_beside_the_verdict_on_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool("hadolint"), tool("trivy")
    lab = load_lab("task1_layers")
    work = tmp_path / lab.id
    work.mkdir()
    (work / "Dockerfile").write_text(
        "FROM ubuntu\nARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get update\nRUN true; apt-get update\n"
        'ENTRYPOINT ["uvicorn"]\nCMD app.main:app\n'
    )
    assert opinions(Workbench(lab), work) == 0
    said = " ".join(capsys.readouterr().out.split())
    parts = said.split(" │ ")
    assert "hadolint DL3006" in parts[1]
    assert "`starts-from-ubuntu` fails" in parts[1]
    assert "trivy DS-0017" in parts[2]
    assert "differs Task 1 keeps the update" in parts[2]
    assert "`one-command-per-run` fails" in parts[3]
    assert "docker JSONArgsRecommended" in parts[4] or NO_CHECK in said
    assert "`cmd-serves-on-all-interfaces` fails" in parts[4]
    assert said.endswith("only the course's own checks count.")
    assert "`make diveTask1`" in said


@pytest.mark.usefixtures("engine")
def test_what_docker_cannot_read_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPI a b\n")
    (opinion,) = _docker(load_lab("task1_layers"), "Dockerfile", tmp_path / "Dockerfile")
    assert (opinion.rule, opinion.line) == (GAVE_UP, 2)


@pytest.mark.usefixtures("engine")
def test_beside_what_docker_cannot_read_stands_what_the_course_says_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = load_lab("task1_layers")
    work = tmp_path / lab.id
    work.mkdir()
    (work / "Dockerfile").write_text("# nothing yet\n")
    assert opinions(Workbench(lab), work) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"docker {GAVE_UP}" in said or NO_CHECK in said
    assert "`starts-from-ubuntu` fails" in said or NO_CHECK in said


def test_a_dockerfile_that_is_not_there(tmp_path: Path) -> None:
    lab = load_lab("task1_layers")
    with pytest.raises(UsageError, match="Dockerfile"):
        ask(Workbench(lab), "Dockerfile", tmp_path / "Dockerfile")


@pytest.fixture
def without_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(external_tools, "TOOLS", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path / "none"))


@pytest.mark.usefixtures("without_tools")
def test_a_tool_that_is_missing_says_in_one_sentence_what_brings_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Engine:
        raise NoEngine("start Docker")

    monkeypatch.setattr("checks.workbench.context.find", none)
    lab = load_lab("task1_layers")
    work = tmp_path / lab.id
    work.mkdir()
    (work / "Dockerfile").write_text("FROM scratch\n")
    assert opinions(Workbench(lab), work) == 0
    said = " ".join(capsys.readouterr().out.split())
    for name in ("hadolint", "trivy", "dive"):
        assert f"{name} is not here: `make tools` brings it" in said
    assert "`docker build --check` is not asked: start Docker" in said


def test_an_engine_without_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([str(word) for word in command], 125, "", "unknown flag: --call\n")

    bench = Workbench(load_lab("task1_layers"))
    vars(bench)["engine"] = Engine("host", "26.1.5", "unix:///none", Path("docker"), {})
    monkeypatch.setattr(asking, "attempt", refused)
    monkeypatch.setattr(Workbench, "fetch", lambda *_: None)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(NoOpinion) as told:
        docker(bench, "Dockerfile", tmp_path / "Dockerfile")
    assert str(told.value) == NO_CHECK


def test_reports_are_read_by_their_documented_keys() -> None:
    linted = '[{"code": "DL3006", "column": 1, "file": "-", "level": "warning", "line": 2, "message": "a"}]'
    start = '{"start": {"line": 3}, "end": {"line": 3}}'
    warning = f'{{"ruleName": "FromAsCasing", "detail": "d", "location": {{"ranges": [{start}]}}}}'
    assert _lines(of_hadolint(linted)) == [("DL3006", 2)]
    assert _lines(of_docker(f'{{"warnings": [{warning}]}}')) == [("FromAsCasing", 3)]
    assert _lines(of_docker('{"warnings": null}')) == []
    with pytest.raises(ParseError):
        list(of_hadolint("no JSON"))


def test_a_mistake_in_the_differences_is_named_with_its_line(tmp_path: Path) -> None:
    lab = made_lab(tmp_path)
    (tmp_path / OPINIONS).write_text("DL3006:\n  checks: [a]\n")
    with pytest.raises(LabError, match=rf"{OPINIONS}:[12]: .*why"):
        read_differences(lab)
    assert read_differences(replace(lab, starter=tmp_path / "none")) == {}
