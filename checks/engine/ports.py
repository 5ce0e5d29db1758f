"""Ports on loopback that are free now, and that nobody is given unasked.

An engine takes the ports that it chooses itself from the range in which the kernel, and every other engine, looks
for one too: by the time that it binds, somebody else may have it. Below that range nobody looks.
"""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the kernel's range of ephemeral ports: Linux has 32768 to 60999, macOS and IANA 49152 to 65535.
RANGE = range(20_000, 32_768)


def free_port() -> int:
    """A port that nobody has; that of the next caller is most likely another one."""
    while True:
        number = random.choice(RANGE)  # noqa: S311 - no secret
        with socket.socket() as tried:
            try:
                tried.bind((LOOPBACK, number))
            except OSError:
                continue
            return number
