"""Files of up to one megabyte that cause unbounded work: reading them is limited, and the limit is named.

The grader of each runs within limits of the kernel, 5 s of CPU and 300 MB of memory; Python's start takes less
than one second of that. A grader that exceeds one is killed, and leaves no report.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.commands.status import POINTS_MISSING
from checks.lab import ROOT
from checks.outcomes import CheckResult, Outcome
from checks.reports import json_v1
from tests.forked import Limits, run_checks

pytestmark = pytest.mark.slow

CPU_SECONDS = 4  # beside Python's start
MEMORY_BYTES = 300_000_000
FILE_BYTES = 1_000_000

UBUNTU = "FROM ubuntu:20.04\n"
SLIM = "FROM python:3.12-slim\nCOPY . .\n"
POETRY = "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\n"
PINNED = "RUN pip install -r requirements.txt\n"
API = "services:\n  api:\n    build: .\n"


@dataclass(frozen=True)
class Big:
    """A file of a lab, and what a failed check says of it ("" where it is just not what was asked for)."""

    lab: str
    file: str
    text: str
    says: str = ""
    others: tuple[tuple[str, str], ...] = ()


def _filled(unit: str, head: str = "", tail: str = "", size: int = FILE_BYTES) -> str:
    return head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail


def _counted(line: Callable[[int], str], head: str = "", tail: str = "", count: int = 20_000) -> str:
    return head + "".join(map(line, range(count))) + tail


def _dockerfile(text: str, says: str = "", lab: str = "task1_layers") -> Big:
    return Big(lab, "Dockerfile", text, says)


def _run(script: str, says: str = "") -> Big:
    return _dockerfile(f"{UBUNTU}RUN {script}\n", says)


def _from(stage: int) -> str:
    return f"COPY --from=s{stage} /v /v\n"


SHELL = {
    "eval": _run("eval " * 8_000 + "x", "40,000 words"),
    "eval-quoted": _run("eval 'echo a';" * 8_000 + "x", "40,000 words"),
    "sudo": _run(_filled("sudo ", tail="x"), "40,000 words"),
    "exclamation": _run(_filled("! ", tail="x"), "40,000 words"),
    "commands": _run(_filled("pip install x;", tail="x"), "40,000 words"),
    "words": _run("pip install " + _filled("a "), "40,000 words"),
    "parts-of-a-word": _run("pip install " + _filled("$a"), "40,000 words"),
    "quotes": _run("pip install " + _filled("'a'"), "40,000 words"),
    "braces": _run("echo " + _filled("${a:-"), "nested deeper than"),
    "substitutions": _run("echo " + _filled("$(a) "), "40,000 words"),
    "arithmetic": _run("echo " + _filled("$(("), "nested deeper than"),
    "loop-in-loop": _run(
        "for a in 1 2 3 4 5 6 7 8 9;do " * 9 + "pip install x;" + "done;" * 9, "3,000 commands"
    ),
    "loop-without-command": _run("for a in " + "1 " * 300_000 + ";do done", "40,000 words"),
    "loop-in-case": _run(
        "for a in 1 2 3 4 5 6;do case x in x) " * 6 + "x;" + " esac;done;" * 6, "3,000 commands"
    ),
    "case": _run("for a in 1 2;do case a in " + "a) x;; " * 9_000 + "esac;done", "40,000 words"),
    "patterns": _run("case x in " + _filled("a|", tail="b) x;; esac"), "40,000 words"),
    "redirects": _run("{ " + "x;" * 2_900 + "} " + ">a " * 9_000, "100 redirects"),
    "settings": _run("A=1 " * 9_000 + ' sh -c "' + "x;" * 2_900 + '"', "100 redirects"),
    "exports": _run(_counted(lambda n: f"export A{n}=1;", count=2_900), "variables are exported"),
    "assignments-double": _run("A=xx;" + "A=$A$A;" * 60 + "pip install $A", "100,000 characters"),
    "long-value": _run("A=" + "b" * 5_000 + ";pip install " + "$A " * 30_000, "40,000 words"),
    "long-environment": _dockerfile(
        f"{UBUNTU}ENV A={'b' * 60_000}\n" + "RUN pip install $A\n" * 2_900, "100,000 characters"
    ),
    "removals": _run("pip install x;" + "rm -rf /x;pip install y;" * 1_400 + "x"),
    "change-of-directory": _run("cd a;rm -r y;" * 1_400 + "pip install x"),
    "heredocs": _dockerfile(UBUNTU + _filled("RUN <<E\nx\nE\n", size=900_000), "20,000 lines"),
    "comments-of-apt": _run("echo '" + _filled("/*", size=60_000) + "' > /etc/apt/apt.conf.d/x; apt update"),
    "lines-of-apt": _run("echo '" + "\\n" * 30_000 + "' > /etc/apt/sources.list.d/x; apt update"),
    "files-of-tee": _run(
        "echo '" + "deb http://a " * 4_000 + "' | tee " + "/etc/apt/sources.list.d/a " * 2_000, "20 files"
    ),
    "version-of-digits": _run("pip install fastapi==" + "1" * 10_000),
    "epoch-of-digits": _run("pip install fastapi==" + "1" * 10_000 + "!1"),
    "wheel-of-digits": _run("pip install ./fastapi-" + "1" * 10_000 + "-py3-none-any.whl"),
    "python-of-digits": _run("pip3." + "1" * 10_000 + " install 'fastapi==1; python_version < \"3\"'"),
    "marker-of-digits": _run("pip install 'fastapi==1; python_version < \"" + "1" * 10_000 + "\"'"),
}
DOCKERFILES = {
    "instructions": _dockerfile(_filled("RUN a\n", UBUNTU), "20,000 lines"),
    "long-instructions": _dockerfile(_filled(f"RUN {'a' * 90}\n", UBUNTU), "3,000 instructions"),
    "blank-lines": _dockerfile(_filled("\n", UBUNTU), "20,000 lines"),
    "continued-lines": _dockerfile(_filled("a \\\n", UBUNTU + "RUN x "), "20,000 lines"),
    "stages": _dockerfile(
        _counted(lambda n: f"FROM s{n} AS s{n + 1}\n", "FROM x AS s0\n", count=4_000), "instructions"
    ),
    "triggers": _dockerfile(
        "FROM x AS a\n" + "ONBUILD RUN pip install x\n" * 1_400 + "FROM a\n" * 1_400, "ONBUILD triggers"
    ),
    "long-triggers": _dockerfile(
        f"FROM x AS a\nONBUILD RUN {'pip install x;' * 20_000}\n" + "FROM a AS b\n" * 2_900,
        "ONBUILD triggers",
    ),
    "variables": _dockerfile(_counted(lambda n: f"ENV A{n}={n}\n", UBUNTU, count=2_900)),
    "variables-and-runs": _dockerfile(
        _counted(lambda n: f"ENV A{n}=1\nRUN pip install x\n", UBUNTU, count=1_490), lab="task2_caching"
    ),
    "variables-double": _dockerfile(f"{UBUNTU}ENV A=x\n" + "ENV A=$A$A\n" * 2_900),
    "references": _dockerfile(_filled("$A", f"{UBUNTU}ENV B=")),
    "patterns-in-variables": _dockerfile(
        f"{UBUNTU}ENV A={'a' * 60_000}\n" + "ENV B=${A//a*a*a*a*a*a*b/c}\n" * 2_900
    ),
    "ports": _dockerfile(UBUNTU + "EXPOSE 1-65535\n" * 2_900),
    "directories": _dockerfile(UBUNTU + f"WORKDIR {'a/' * 30_000}\n" + "WORKDIR a\n" * 2_900),
    "globs": _dockerfile(f"{SLIM}COPY {('*p' * 30 + ' ') * 10_000} /\n{PINNED}", lab="lab_env_secrets"),
    "copies-and-installs": _dockerfile(
        SLIM + f"COPY . .\n{PINNED}" * 1_490, "50 lists", lab="lab_env_secrets"
    ),
    "json": _dockerfile(_filled("[", f"{UBUNTU}CMD ")),
    "arguments": _dockerfile(_filled('"--port","8000",', f'{UBUNTU}CMD ["uvicorn","a:b",', '"--x"]\n')),
    "system-and-python-packages": _dockerfile(
        SLIM + "RUN pip install x\n" * 1_400 + "RUN apt-get install -y x\n" * 1_400, lab="lab_model_service"
    ),
    "versions-and-installs": _dockerfile(
        SLIM + "ARG VERSION\nRUN pip install x\n" * 1_490, lab="lab_model_service"
    ),
    "stages-that-copy-twice": _dockerfile(
        _counted(lambda n: f"FROM x AS s{n}\n{_from(n + 1) * 15}", count=95) + "FROM x AS s95\n",
        lab="lab_model_service",
    ),
    "stages-that-copy-upwards": _dockerfile(
        "FROM x AS s0\nRUN python -m venv /v\n"
        + _counted(lambda n: f"FROM x AS s{n + 1}\n{_from(n) * 15}", count=95),
        lab="lab_model_service",
    ),
    "stages-in-a-circle": _dockerfile(
        f"FROM x AS s0\n{_from(1)}FROM x AS s1\n{_from(0)}{_from(1)}", lab="lab_model_service"
    ),
    "stages-upon-each-other": _dockerfile(
        "FROM x AS s0\n" + _counted(lambda n: f"FROM s{n} AS s{n + 1}\n{_from(n)}", count=95),
        lab="lab_model_service",
    ),
    "environments-and-copies": _dockerfile(
        f"FROM x AS s0\nRUN {_counted(lambda n: f'python -m venv /v/{n};', count=900)}\nFROM x\n"
        + _from(0) * 1_400,
        lab="lab_model_service",
    ),
    "installs-in-stages": _dockerfile(
        SLIM + "RUN pip install x\n" * 1_400 + "FROM x\n" + "COPY --from=0 /v /v\n" * 1_400,
        lab="lab_model_service",
    ),
    "poetry": _dockerfile(
        "FROM python:3.8.12-slim\n" + "RUN poetry install\nCOPY . .\n" * 1_490, lab="task3_base_image"
    ),
}


def _requirements(text: str, says: str = "", dockerfile: str = SLIM + PINNED) -> Big:
    return Big("lab_env_secrets", "requirements.txt", text, says, (("Dockerfile", dockerfile),))


def _compose(text: str, says: str = "") -> Big:
    return Big("lab_compose", "compose.yaml", text, says)


def _project(text: str, says: str = "", file: str = "pyproject.toml") -> Big:
    return Big("task3_base_image", file, text, says)


OTHERS = {
    "requirements": _requirements(_filled("a\n"), "5,000 requirements"),
    "requirements-include-themselves": _requirements(
        _counted(lambda n: f"-r ./{'./' * n}requirements.txt\n", count=500), "50 lists"
    ),
    "requirements-of-specifiers": _requirements(
        ("a" + ",".join(f">={n}" for n in range(3_000)) + "\n") * 50, "250,000 characters"
    ),
    "requirements-of-variables": _requirements(
        _filled("${A}\n"), "250,000 characters", f"FROM x\nENV A={'b' * 60_000}\nCOPY . .\n{PINNED}"
    ),
    "requirements-of-digits": _requirements("fastapi==" + "1" * 10_000),
    "requirements-again": _requirements(
        _counted(lambda n: f"a{n}==1\n", count=4_900), "5,000 packages", SLIM + PINNED * 2_900
    ),
    "compose-port-ranges": _compose(API + "    ports:\n" + '      - "1000-1999:1000-1999"\n' * 5_000),
    "compose-services": _compose(
        _counted(lambda n: f"  a{n}: {{image: a, depends_on: [b{n}]}}\n", "services:\n", count=1_600)
    ),
    "compose-networks": _compose(
        _counted(lambda n: f"b{n},", "services:\n  a:\n    image: a\n    networks: [", "]\n", 4_000)
        + _counted(lambda n: f"  c{n}:\n", "networks:\n", count=2_500)
    ),
    "compose-depth": _compose("a: " + "[" * 100_000, "64 deep"),
    "compose-aliases": _compose(
        "a0: &a0 [x,x,x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 60)), "10000"
    ),
    "compose-size": _compose(_filled("a: 1\n"), "262144 bytes"),
    "compose-digits": _compose(API + f'    healthcheck: {{test: x, retries: "{"1" * 10_000}"}}\n', "retries"),
    "compose-references": _compose(API + f'    command: "{"$A" * 100_000}"\n'),
    "env-variables": Big("lab_compose", ".env.example", _filled("A=1\n", size=60_000), "1,000 variables"),
    "env-doubles": Big("lab_compose", ".env.example", "A=xxxxxxxx\n" + "A=$A$A\n" * 900, "1,048,576"),
    "env-size": Big("lab_compose", ".env.example", _filled("A=1\n"), "65,536"),
    "project-dependencies": _project(_counted(lambda n: f"a{n} = '1'\n", POETRY, count=60_000), "262,144"),
    "project-depth": _project("x = " + "[" * 200_000, "too deeply"),
    "project-digits": _project(f"{POETRY}fastapi = '{'9' * 10_000}'\n"),
    "project-number": _project(f"{POETRY}fastapi = {'9' * 10_000}\n", "too many digits"),
    "project-groups": _project(
        "[dependency-groups]\n" + "".join(f"g{n} = [{{include-group='g{n + 1}'}}]\n" for n in range(6_000))
    ),
    "lock-packages": _project(
        _counted(lambda n: f"[[package]]\nname='a{n}'\nversion='1'\n", count=25_000), "", "poetry.lock"
    ),
    "lock-one-package": _project(
        _filled("[[package]]\nname='fastapi'\nversion='0.78.0'\n", "[metadata]\ncontent-hash='x'\n"),
        "",
        "poetry.lock",
    ),
    "lock-digits": _project(f"[[package]]\nname='fastapi'\nversion='{'1' * 10_000}'\n", "", "poetry.lock"),
    "answers-depth": Big("lab_env_secrets", "answers.yaml", "a: " + "[" * 100_000, "64 deep"),
    "answers-size": Big("lab_env_secrets", "answers.yaml", _filled("a: 1\n"), "262144 bytes"),
}
BIG: Mapping[str, Big] = {**SHELL, **DOCKERFILES, **OTHERS}


@pytest.mark.parametrize("big", BIG.values(), ids=BIG.keys())
def test_a_big_file_is_read_within_limits(big: Big, tmp_path: Path) -> None:
    submission = hand_in(big, tmp_path / "ada")
    words = ["grade", str(submission), "--lab", big.lab, "--static", "--out", str(tmp_path / "out")]
    done = run_checks(words, tmp_path / "said", Limits(CPU_SECONDS, MEMORY_BYTES))
    assert done.status == POINTS_MISSING, done.stderr[-500:]
    checks = _checks(tmp_path / "out" / "ada.json")
    assert Outcome.ERROR not in {check.outcome for check in checks}
    failed = [check for check in checks if check.outcome is Outcome.FAIL]
    assert failed
    assert any(big.says in check.actual for check in failed), {check.actual[:200] for check in failed}


HONEST = {
    "a thousand lines": UBUNTU
    + "RUN apt-get update && \\\n"
    + "    echo installing && \\\n" * 998
    + "    true\n",
    "hundreds of packages": UBUNTU
    + "RUN pip install "
    + " ".join(f"p{n}==1.{n}.0" for n in range(900))
    + "\n",
    "a list of packages in a variable": UBUNTU
    + f"ENV PACKAGES='{' '.join(f'package-{n}' for n in range(400))}'\n"
    + "RUN apt-get install -y $PACKAGES\n",
    "keys in a loop": UBUNTU
    + f"RUN for key in {' '.join('0123456789ABCDEF' for _ in range(40))}; do \\\n"
    + "      gpg --keyserver a --recv-keys $key || gpg --keyserver b --recv-keys $key ; \\\n    done\n",
    "a file as text": UBUNTU + f"RUN echo '{'QUJD' * 10_000}' | base64 -d > /file\n",
    "many layers": UBUNTU + "RUN echo layer\n" * 127,
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_what_people_write_is_read(text: str) -> None:
    from checks.parsing.dockerfile.dockerfile import parse_dockerfile
    from checks.parsing.packages.package_steps import apt_steps, pip_installs, runs_of

    stage = parse_dockerfile(text.encode()).final
    assert all(run.commands for run in runs_of(stage))
    assert apt_steps(stage) or pip_installs(stage) or len(runs_of(stage)) > 0


def hand_in(big: Big, submission: Path) -> Path:
    """Write the reference solution with this file in it."""
    folder = submission / big.lab
    shutil.copytree(ROOT / "solutions" / big.lab, folder)
    for name, text in ((big.file, big.text), *big.others):
        (folder / name).write_text(text)
        assert (folder / name).stat().st_size <= FILE_BYTES + 100
    return submission


def _checks(report: Path) -> tuple[CheckResult, ...]:
    (lab,) = json_v1.load(report.read_text()).labs
    return lab.checks
