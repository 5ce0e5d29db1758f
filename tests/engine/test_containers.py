"""A container runs within limits, answers only on loopback, and reaches no network."""

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest

from checks.engine import Engine, EngineError
from checks.engine.container import Running
from checks.engine.docker_run import StartFailed, run_container
from checks.engine.embedded.suites import suites
from checks.engine.limits import ContainerLimits
from checks.engine.run import Run
from checks.evidence.service.service import Service, boot
from checks.outcomes import CheckFailed

PORT = 8000
SERVE = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8000)"
Boot = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def booted(engine: Engine, run: Run, python: str) -> Boot:
    """Run a Python program in a container."""

    def boot_it(code: str, **options: object) -> AbstractContextManager[Running]:
        command = ["python3", "-c", code]
        return run_container(engine, run, python, port=PORT, command=command, **options)  # type: ignore[arg-type]

    return boot_it


@pytest.fixture
def mirror() -> str:
    """The host of the packages of this machine, as its own apt names it."""
    hosts = (urlsplit(word).hostname for line in suites().host_lines for word in line.split())
    return next(host for host in hosts if host)


def _reachable(host: str) -> str:
    """Its web server, to which this machine itself gets through."""
    address = (socket.gethostbyname(host), 80)
    socket.create_connection(address, 20).close()
    return f"{address[0]}:{address[1]}"


def test_the_port_is_on_loopback_and_chosen_by_the_system(booted: Boot) -> None:
    with booted(SERVE) as first, booted(SERVE) as second:
        ports = [running.published(PORT) for running in (first, second)]
        assert len({*ports, None, PORT}) == 4
        (binding,) = first.inspect()["NetworkSettings"]["Ports"]["8000/tcp"]
        assert binding["HostIp"] == "127.0.0.1"
        assert Service(first, PORT, 20).get("/").status == 200


def test_nothing_remains(booted: Boot, engine: Engine, run: Run) -> None:
    with booted(SERVE):
        pass
    wanted = {"label": f"graded-docker-lab.run={run.name}"}
    assert engine.client.api.containers(all=True, filters=wanted) == []
    assert engine.client.api.networks(filters=wanted) == []


def test_memory_is_named(booted: Boot) -> None:
    with booted("x = b'1' * 10**9", limits=ContainerLimits(memory_mib=64)) as running:
        assert running.wait_over(20)
        assert "64 MiB (its limit of memory)" in running.ending()


def test_processes_are_named(booted: Boot) -> None:
    forks = "import os, time\ntry:\n while os.fork(): pass\nexcept OSError: pass\ntime.sleep(99)"
    with booted(forks, limits=ContainerLimits(processes=20)) as running:
        with pytest.raises(CheckFailed) as failed:
            Service(running, PORT, 2).get("/")
        assert "more than 20 processes" in failed.value.actual
        assert "2 s (its limit of time)" in failed.value.actual


def test_a_log_is_bounded(booted: Boot) -> None:
    code = "for _ in range(40): print('x' * 100_000)"
    with booted(code, limits=ContainerLimits(log_mib=1)) as running:
        assert running.wait_over(20)
        assert len(running.logs()) < 1.2e6


def test_what_it_ended_with_is_said(booted: Boot) -> None:
    with booted("raise SystemExit(3)") as running:
        with pytest.raises(CheckFailed) as failed:
            Service(running, PORT, 20).get("/")
        assert "exit code 3" in failed.value.actual


@pytest.mark.parametrize("command", [["/no/such"], ["/etc/passwd"], ["/etc"], [""]])
def test_what_cannot_be_started(engine: Engine, run: Run, debian: str, command: list[str]) -> None:
    with pytest.raises(StartFailed), run_container(engine, run, debian, command=command):
        pass


REACH = """
import socket, sys
def tried(address):
    try: socket.create_connection(address, 2).close()
    except ConnectionRefusedError: return "refused"
    except OSError as error: return "nothing"
    return "open"
print(*(tried((host, int(port))) for host, port in (pair.split(":") for pair in {pairs!r}.split())), flush=True)
"""


@pytest.mark.usefixtures("own_engine")
def test_it_reaches_nobody(booted: Boot, engine: Engine, mirror: str) -> None:
    """Not the host on any of its addresses, not another container, nor what the host itself can reach."""
    with socket.create_server(("0.0.0.0", 0)) as listener, booted(SERVE) as other:
        port = listener.getsockname()[1]
        networks = other.inspect()["NetworkSettings"]["Networks"].values()
        (neighbour,) = ((network["IPAddress"], network["Gateway"]) for network in networks)
        bridge = engine.client.networks.get("bridge").attrs["IPAM"]["Config"][0]["Gateway"]
        hosts = [f"{neighbour[0]}:{PORT}", *(f"{host}:{port}" for host in (neighbour[1], bridge, _uplink()))]
        with booted(REACH.format(pairs=" ".join([*hosts, _reachable(mirror)]))) as running:
            assert running.wait_over(30)
            assert running.logs().split() == ["nothing"] * 5


@pytest.mark.usefixtures("own_engine")
def test_no_question_of_names_gets_out(booted: Boot, mirror: str) -> None:
    assert socket.gethostbyname(mirror)
    code = f"import socket; print(socket.gethostbyname({mirror!r}))"
    with booted(code) as running:
        assert running.wait_over(30)
        assert "gaierror" in running.logs()


STREAMS = {
    "streams for ever": "c.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n')\n while 1: c.sendall(b'x' * 65536)",
    "promises ten gigabytes": (
        "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 10000000000\\r\\n\\r\\n')\n"
        " while 1: c.sendall(b'x' * 65536)"
    ),
}
LISTEN = """\
import socket, time
s = socket.create_server(('0.0.0.0', 8000))
while 1:
 c, _ = s.accept()
 c.recv(9999)
 """


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_an_endless_answer_is_cut(booted: Boot, stream: str) -> None:
    with booted(LISTEN + stream) as running:
        assert len(Service(running, PORT, 20).get("/").body) == 1_000_000


def test_an_answer_that_drips_is_cut(booted: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.evidence.service.service.ANSWER_SECONDS", 2.0)
    drip = "for b in b'HTTP/1.1 200 OK\\r\\nX: ' + b'y' * 999:\n  c.sendall(bytes([b])); time.sleep(0.5)"
    with booted(LISTEN + drip) as running, pytest.raises(CheckFailed):
        Service(running, PORT, 3).get("/")


def test_a_redirect_is_not_followed(booted: Boot) -> None:
    code = "c.sendall(b'HTTP/1.1 302 Found\\r\\nLocation: http://127.0.0.1:1/\\r\\nContent-Length: 0\\r\\n\\r\\n')"
    with booted(LISTEN + code) as running:
        assert Service(running, PORT, 20).get("/").status == 302


def test_a_packed_answer_is_not_unpacked(booted: Boot) -> None:
    code = (
        "import zlib; d = zlib.compress(b'0' * 10**8)\n "
        "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Encoding: deflate\\r\\n"
        "Content-Length: %d\\r\\n\\r\\n' % len(d) + d)"
    )
    with booted(LISTEN + code) as running:
        assert len(Service(running, PORT, 30).get("/").body) < 200_000


def test_one_answer_and_no_more(booted: Boot) -> None:
    code = "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi'); break"
    with booted(LISTEN + code) as running:
        service = Service(running, PORT, 20)
        assert service.get("/").body == b"hi"
        with pytest.raises(CheckFailed):
            service.get("/")


def test_files_inside(engine: Engine, run: Run, debian: str) -> None:
    with run_container(engine, run, debian, command=["sleep", "99"]) as running:
        assert "root:" in running.read("/etc/passwd")
        assert running.read("/no/such") == ""
        assert len(running.read("/dev/zero")) == 1_000_000


def test_programs_inside_that_never_end(
    engine: Engine, run: Run, debian: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checks.engine.container.SECONDS", 1.0)
    fake = "printf '#!/bin/bash\\nsleep 99' > /bin/slow; chmod +x /bin/slow; mv /bin/slow /bin/cat"
    with run_container(
        engine, run, debian, command=["bash", "-c", f"{fake}; echo ready; sleep 99"]
    ) as running:
        while "ready" not in running.logs():
            pass
        assert running.read("/etc/passwd") == ""


def test_a_file_that_the_engine_cannot_ask_for(engine: Engine, run: Run, debian: str) -> None:
    """A container that is paused is no container without files."""
    with run_container(engine, run, debian, command=["sleep", "99"]) as running:
        running.container.pause()
        with pytest.raises(EngineError, match="paused"):
            running.read("/etc/passwd")
        running.container.unpause()
        assert "root:" in running.read("/etc/passwd")


def test_a_file_that_nothing_inside_can_read(engine: Engine, run: Run, debian: str) -> None:
    """There is no shell any more, or the container has ended."""
    with run_container(engine, run, debian, command=["sh", "-c", "rm /bin/sh; sleep 99"]) as running:
        while running.read("/proc/1/comm"):
            pass
        assert running.read("/etc/passwd") == ""
    with run_container(engine, run, debian, command=["true"]) as running:
        assert running.wait_over(20)
        assert running.read("/etc/passwd") == ""


def test_an_image_that_cannot_be_booted(engine: Engine, run: Run, debian: str) -> None:
    with pytest.raises(CheckFailed), boot(engine, run, debian, port=PORT, seconds=1) as service:
        service.get("/")


def _uplink() -> str:
    """The host's own address towards the world; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(("192.0.2.1", 9))
        return str(asked.getsockname()[0])
