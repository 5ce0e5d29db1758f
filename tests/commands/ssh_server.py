"""An SSH server on the loopback, which runs what it is told as sshd does: in a home, with a shell.

It is paramiko's, so that no machine needs sshd for the tests. It lets in who has the key that it makes.
"""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

BITS = 2048


@dataclass
class SshServer(paramiko.ServerInterface):
    """The sessions and the processes of one server; `key` is in the file `private`."""

    home: Path
    key: paramiko.RSAKey
    listener: socket.socket
    sessions: list[paramiko.Transport] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.listener.getsockname()[1])

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Let in who has the key."""
        assert username
        return AUTH_SUCCESSFUL if key == self.key else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        """Ask for a key."""
        assert username
        return "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Open a session."""
        assert (kind, chanid >= 0) == ("session", True)
        return OPEN_SUCCEEDED

    def check_channel_pty_request(self, *_: object) -> bool:
        """Promise a terminal; what is run here needs none."""
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Run a command, with a session of processes of its own."""
        process = subprocess.Popen(
            ["bash", "-c", command.decode()],
            cwd=self.home,
            env={**os.environ, "HOME": str(self.home), "SHELL": "/bin/bash"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.processes.append(process)
        Thread(target=_pass_on, args=(process, channel), daemon=True).start()
        return True

    def serve(self) -> None:
        """Accept connections until the socket is closed."""
        with suppress(OSError):
            while True:
                session = paramiko.Transport(self.listener.accept()[0])
                session.add_server_key(self.key)
                session.start_server(server=self)
                self.sessions.append(session)

    def stop(self) -> None:
        """End all that it has begun."""
        self.listener.close()
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for session in self.sessions:
            session.close()


def _pass_on(process: "subprocess.Popen[bytes]", channel: paramiko.Channel) -> None:
    assert process.stdout
    with suppress(OSError), process.stdout as output:
        for line in output:
            channel.sendall(line)
        channel.send_exit_status(max(process.wait(), 0))  # a signal has a negative one
        channel.close()


@contextmanager
def ssh_server(home: Path, private: Path) -> Iterator[SshServer]:
    """Run a server whose users' home is `home`, and write their key."""
    key = paramiko.RSAKey.generate(BITS)
    key.write_private_key_file(str(private))
    listener = socket.create_server(("127.0.0.1", 0))
    server = SshServer(home, key, listener)
    Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.stop()
