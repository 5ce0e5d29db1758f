"""Builds, containers and services that take, flood, hang or lie: limits stop them, and nothing of them remains."""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.build import build
from checks.engine.container import Running
from checks.engine.docker_run import run_container
from checks.engine.events import BuildFailed
from checks.engine.limits import MIB, BuildLimits, ContainerLimits, LimitHit
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base
from checks.evidence.image.byte_stream import ImageTooLarge, Limits
from checks.evidence.service.service import Service
from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.evidence import SubmissionEvidence
from checks.lab import load_lab
from checks.outcomes import CheckFailed
from checks.reports.progress import Progress

PORT = 8000
GONE_SECONDS = 30.0  # by which what was started is no more, on a machine that is busy with other things
Builds = Callable[..., str]


@pytest.fixture(scope="module")
def run(engine: Engine) -> Iterator[Run]:
    """A run whose things are gone when these tests are over."""
    with running(Run()) as run:
        yield run
        remove(engine, run)


@pytest.fixture(scope="module")
def python(engine: Engine) -> str:
    """A base image with Python, for services that behave badly."""
    return ensure_base(engine, "python:3.12-slim").name


@pytest.fixture
def built(engine: Engine, run: Run, python: str, tmp_path: Path) -> Builds:
    """Build these lines on Python, never from the cache."""

    def build_it(*lines: str, limits: BuildLimits = BuildLimits(seconds=120)) -> str:  # noqa: B008 - frozen
        text = "\n".join([f"FROM {python}", f"ARG A={secrets.token_hex(8)}", *lines, ""])
        (tmp_path / "Dockerfile").write_text(text)
        return build(engine, run, tmp_path, limits=limits)

    return build_it


@pytest.fixture
def mark() -> str:
    """A number of seconds that no other process of this machine sleeps for."""
    return str(10**9 + secrets.randbelow(10**9))


def working(mark: str) -> list[str]:
    """The processes that have it among their words."""
    listed = subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if mark in line]


def gone(mark: str) -> bool:
    """Whether all of them end."""
    deadline = time.monotonic() + GONE_SECONDS
    while working(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not working(mark)


GREEDY = {
    "a fork loop": ("while :; do sleep MARK & done", BuildLimits(seconds=60, processes=100), "processes"),
    "a fork bomb": (
        "f() { sh -c 'sleep MARK' & f | f; }; f",
        BuildLimits(seconds=4, processes=100),
        "time|processes",
    ),
    "deaf": ("trap '' TERM INT HUP; while :; do sleep MARK; done", BuildLimits(seconds=3), "time"),
    "a daemon": (
        "(setsid sh -c 'trap \"\" TERM HUP; exec sleep MARK' >/dev/null 2>&1 &); sleep MARK",
        BuildLimits(seconds=3),
        "time",
    ),
    "stopped": ("sleep MARK & kill -STOP $! ; kill -STOP $$; sleep MARK", BuildLimits(seconds=3), "time"),
    "one endless line": (
        "sh -c 'tr \"\\0\" a < /dev/zero # MARK'",
        BuildLimits(seconds=60, output_mib=2),
        "output",
    ),
    "empty lines": ("sh -c 'yes \"\" # MARK'", BuildLimits(seconds=60, output_mib=2), "output"),
    "noise": ("sh -c 'cat /dev/urandom # MARK'", BuildLimits(seconds=60, output_mib=2), "output"),
}


@pytest.mark.parametrize(("script", "limits", "named"), GREEDY.values(), ids=GREEDY.keys())
def test_a_build_that_takes_too_much_is_ended_with_all_that_it_started(  # noqa: PLR0913 - a row and its fixtures
    engine: Engine, built: Builds, mark: str, *, script: str, limits: BuildLimits, named: str
) -> None:
    if named in {"output", "processes"} and engine.kind == "host":
        pytest.skip("a host's engine clips the output of a step, and bounds no processes")
    with pytest.raises(LimitHit, match=f"its limit of ({named})"):
        built("RUN " + script.replace("MARK", mark), limits=limits)
    assert gone(mark)


def test_what_a_step_leaves_running_ends_with_the_step(built: Builds, mark: str) -> None:
    built(f"RUN (setsid sleep {mark} >/dev/null 2>&1 &); true", "RUN ! cat /proc/[0-9]*/comm | grep -x sleep")
    assert gone(mark)


KERNEL = (
    "echo '|/x' > /proc/sys/kernel/core_pattern", "echo 1 > /proc/sys/vm/drop_caches", "hostname graded",
    "echo b > /proc/sysrq-trigger", "mount -t tmpfs none /mnt", "mount --bind /proc /mnt", "unshare -m true",
    "unshare -U true", "mknod /b b 8 0 && head -c 1 /b", "mknod /m c 1 1 && head -c 1 /m", "head -c 1 /dev/kmsg",
    "mkdir /sys/fs/cgroup/*/escape", "for f in /sys/fs/cgroup/*/release_agent; do echo /x > $f; done",
    "for f in /sys/fs/cgroup/*/*.max /sys/fs/cgroup/*.max; do test -e $f && echo max > $f; done",
    "chroot /proc/1/root true && test -e /proc/1/root/etc/docker", "insmod /x.ko",
)  # fmt: skip


def test_a_build_changes_nothing_of_the_machine(built: Builds) -> None:
    """Each of these fails; a step that succeeds would end the build, and says which it was."""
    pattern, name = Path("/proc/sys/kernel/core_pattern"), Path("/proc/sys/kernel/hostname")
    before = pattern.read_text(), name.read_text()
    built(*(f"RUN if ({step}) 2>/dev/null; then exit 7; fi" for step in KERNEL))
    assert (pattern.read_text(), name.read_text()) == before
    assert not [top for top, names, _ in os.walk("/sys/fs/cgroup") if "escape" in names]


HEALTH = {
    "talks": "HEALTHCHECK --interval=1ms --timeout=1s CMD touch /ran; head -c 4000 /dev/zero",
    "forks": "HEALTHCHECK --interval=1ms --timeout=1h CMD touch /ran; while :; do sleep 99 & done",
    "within the first seconds": "HEALTHCHECK --start-period=1h --interval=1h --start-interval=1ms CMD touch /ran",
}


@pytest.mark.parametrize("line", HEALTH.values(), ids=HEALTH.keys())
def test_a_health_check_of_the_image_is_not_run_beside_its_service(
    engine: Engine, run: Run, built: Builds, line: str
) -> None:
    try:
        image = built(line, 'CMD ["sleep", "99"]')
    except BuildFailed as failed:
        assert "start-interval" in failed.message  # noqa: PT017 - the frontend of an older engine knows no such flag
        pytest.skip("this engine knows no --start-interval")
    with run_container(engine, run, image) as container:
        time.sleep(3)
        assert not (container.inspect()["State"].get("Health") or {}).get("Log")
        assert container.read("/ran") == ""
        assert container.limit_hit() is None


FLOODS = {
    "lines": "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "one line": "tr '\\0' a < /dev/zero",
    "empty lines": "yes ''",
    "noise": "cat /dev/urandom",
}


@pytest.mark.parametrize("script", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_of_output_is_bounded(engine: Engine, run: Run, python: str, script: str) -> None:
    limits = ContainerLimits(log_mib=2)
    with run_container(
        engine, run, python, port=PORT, command=["sh", "-c", script], limits=limits
    ) as container:
        with pytest.raises(CheckFailed) as failed:
            Service(container, PORT, 4).get("/")
        assert len(container.logs()) <= 2 * limits.log_mib * MIB
        assert len(failed.value.actual) < 30_000


SCREENS = (
    "\\033]0;PASSED\\007\\033[2J\\033[1;1H\\xe2\\x80\\xaePASSED\\rPASSED\\033P\\033\\\\\\x9b1m\\x00\\x08"
)


def test_what_a_container_prints_moves_no_screen(engine: Engine, run: Run, python: str) -> None:
    command = ["bash", "-c", f"printf '{SCREENS}'; exit 3"]
    with (
        run_container(engine, run, python, port=PORT, command=command) as container,
        pytest.raises(CheckFailed) as failed,
    ):
        Service(container, PORT, 20).get("/")
    shown = failed.value.actual
    assert "exit code 3" in shown
    assert not set("\x1b\x07\x08\x00\r\u202e\x9b") & set(shown)
    assert all(line.startswith("    | ") for line in shown.splitlines()[2:])


DEAF = f"""
import os, signal, time
for number in set(range(1, 32)) - {{{signal.SIGKILL}, {signal.SIGSTOP}, {signal.SIGCHLD}}}:
    signal.signal(number, lambda *_: [os.fork() for _ in range(9)])
for _ in range(250):
    try:
        if not os.fork(): break
    except OSError: break
print("ready", flush=True)
while True:
    try: time.sleep(MARK)
    except BaseException: pass
"""


def test_a_container_that_hears_no_signal_goes_with_all_its_processes(
    engine: Engine, run: Run, python: str, mark: str
) -> None:
    command = ["python3", "-c", DEAF.replace("MARK", mark)]
    with run_container(engine, run, python, command=command) as container:
        while "ready" not in container.logs():
            time.sleep(0.1)
        container.container.kill("SIGTERM")
    assert gone(mark)


# A service that behaves by path: what it sends, and which answer is taken from it (None: none).
OK = "HTTP/1.1 200 OK\\r\\n"
CHUNKED = OK + "Transfer-Encoding: chunked\\r\\n\\r\\n"
EMPTY = "Content-Length: 0\\r\\n\\r\\n"
SENDS = {
    "a packed body": (
        f"import gzip; b = gzip.compress(b'0' * 10**8); send(b'{OK}Content-Encoding: gzip\\r\\n\\r\\n' + b)",
        (200, 97_000),
    ),
    "brotli that is none": (
        f"send(b'{OK}Content-Encoding: br\\r\\nContent-Length: 2\\r\\n\\r\\nhi')",
        (200, 2),
    ),
    "an endless header": (f"send(b'{OK}X: '); ever(b'y' * 65536)", None),
    "endless headers": (f"send(b'{OK}'); ever(b'X: y\\r\\n' * 9999)", None),
    "a gigabyte of header": (
        f"send(b'{OK}X: '); [send(b'y' * 10**6) for _ in range(1000)]; send(b'\\r\\n\\r\\nhi')",
        None,
    ),
    "endless extension of a chunk": (f"send(b'{CHUNKED}1;x='); ever(b'y' * 65536)", (200, 0)),
    "endless trailers": (f"send(b'{CHUNKED}0\\r\\n'); ever(b'X: y\\r\\n' * 9999)", (200, 0)),
    "a redirect to a file": (
        f"send(b'HTTP/1.1 302 F\\r\\nLocation: file:///etc/passwd\\r\\n{EMPTY}')",
        (302, 0),
    ),
    "a redirect to the machine": (
        f"send(b'HTTP/1.1 307 F\\r\\nLocation: http://127.0.0.1:1/\\r\\n{EMPTY}')",
        (307, 0),
    ),
    "a redirect to no name": (
        f"send(b'HTTP/1.1 307 F\\r\\nLocation: http://xn--a.com/\\r\\n{EMPTY}')",
        None,
    ),
    "HTTP/0.9": ("send(b'Hello World')", None),
    "another protocol": (
        "send(b'HTTP/1.1 101 S\\r\\nUpgrade: x\\r\\nConnection: Upgrade\\r\\n\\r\\n'); ever(b'x' * 65536)",
        None,
    ),
    "nothing": ("pass", None),
    "a reset": ("import struct; c.setsockopt(1, 13, struct.pack('ii', 1, 0))", None),
    "too little": (f"send(b'{OK}Content-Length: 100\\r\\n\\r\\nhi')", (200, 2)),
    "a length below zero": (f"send(b'{OK}Content-Length: -1\\r\\n\\r\\nhi')", None),
    "a length of 5,000 digits": (f"send(b'{OK}Content-Length: ' + b'9' * 5000 + b'\\r\\n\\r\\nhi')", None),
    "a status of 20 digits": ("send(b'HTTP/1.1 99999999999999999999 X\\r\\n\\r\\nhi')", None),
    "nested 900,000 deep": (f"send(b'{OK}\\r\\n' + b'[' * 900_000)", (200, 900_000)),
    "a number of 900,000 digits": (
        f"send(b'{OK}\\r\\n' + b'{{\"a\": ' + b'9' * 900_000 + b'}}')",
        (200, 900_000),
    ),
}
SERVER = """
import socket, threading
ACTS = {acts!r}
def serve(c):
    def ever(data):
        while True: c.sendall(data)
    try:
        number = int(c.recv(9999).split(b' ', 2)[1][1:])
        exec(ACTS[number], dict(c=c, send=c.sendall, ever=ever))
    except OSError: pass
    c.close()
s = socket.create_server(('0.0.0.0', 8000))
print("ready", flush=True)
while 1: threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
"""


@pytest.fixture(scope="module")
def liar(engine: Engine, run: Run, python: str) -> Iterator[Running]:
    """All these services in one container."""
    code = SERVER.format(acts=[act for act, _ in SENDS.values()])
    with run_container(engine, run, python, port=PORT, command=["python3", "-c", code]) as container:
        while "ready" not in container.logs():
            time.sleep(0.1)
        yield container


@pytest.mark.parametrize("name", SENDS)
def test_an_answer_is_taken_within_bounds_or_not_at_all(
    liar: Running, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checks.evidence.service.service.ANSWER_SECONDS", 5.0)
    _, expected = SENDS[name]
    service = Service(liar, PORT, 1.0 if expected is None else 60.0)
    path = f"/{list(SENDS).index(name)}"
    if expected is None:
        with pytest.raises(CheckFailed):
            service.get(path)
    else:
        answer = service.get(path)
        assert answer.status == expected[0]
        assert expected[1] <= len(answer.body) <= expected[1] + 1000
        assert isinstance(answer.content, dict)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("bound", "is_theirs"), [(Limits(files=3), True), (Limits(seconds=0.0), False)])
def test_an_image_that_is_too_large_to_look_into_is_told_apart_from_a_slow_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: Limits, *, is_theirs: bool
) -> None:
    """With lower limits than the real ones: half a million files take minutes to make."""
    monkeypatch.setattr("checks.evidence.image.image.Limits", lambda: bound)
    folder = tmp_path / "task1_layers"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM ubuntu:20.04\nRUN touch /a /b /c /d\n")
    lab, step = load_lab("Task1"), Progress.silent().step
    with open_submission(tmp_path) as submission, Engines("auto", step, lab.id) as engines:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        evidence = SubmissionEvidence([lab], submission, scratch, engines, step).of(lab.id)
        with pytest.raises(CheckFailed if is_theirs else ImageTooLarge, match=r"limit|looked into"):
            evidence.image("Dockerfile")
