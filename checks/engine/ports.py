"""Free ports on loopback, below the range from which the kernel assigns ports.

An engine that chooses a port itself takes one from the kernel's range, where another program may take it before the
engine binds it. Below that range, a program gets only the port it asks for.
"""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the kernel's range of ephemeral ports: Linux has 32768 to 60999, macOS and IANA 49152 to 65535.
RANGE = range(20_000, 32_768)


def free_port() -> int:
    """Return a random free port, so that two callers most likely get different ones."""
    while True:
        number = random.choice(RANGE)  # noqa: S311 - no secret
        with socket.socket() as tried:
            try:
                tried.bind((LOOPBACK, number))
            except OSError:
                continue
            return number
