"""Pseudonyms: the names of a class as a keyed hash, for people who look at the work and need not know whose it is.

With the key, the names are found again by computing the pseudonyms of the roster; without it they cannot be.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from checks.grading.class_files import ClassFileError

LEAST_BYTES = 16
LETTERS = 12  # of base32: 60 bits, so that no two of a thousand people share one
PREFIX = "work-"
_PSEUDONYM = re.compile(rf"{PREFIX}[a-z2-7]{{{LETTERS}}}")


def read_key(path: Path) -> bytes:
    """Return the key; raise `ClassFileError` if the file is missing or so short that the names could be guessed."""
    how = f"Make one with `head -c 32 /dev/urandom > {path}`, and keep it from those who look at the work"
    try:
        key = path.read_bytes()
    except OSError as error:
        raise ClassFileError(f"{path}: the key cannot be read ({error.strerror}). {how}") from None
    if len(key) < LEAST_BYTES:
        raise ClassFileError(f"{path}: the key has {len(key)} bytes, and needs {LEAST_BYTES}. {how}")
    return key


def pseudonym(name: str, key: bytes) -> str:
    """Return the pseudonym of a name: the same for the same key, on any machine."""
    digest = hmac.new(key, name.encode("utf-8", "surrogateescape"), sha256).digest()
    return PREFIX + base64.b32encode(digest).decode().lower()[:LETTERS]


def refuse_names(names: Iterable[str], folder: Path) -> None:
    """Raise `ClassFileError` if a name of an earlier result is no pseudonym: it would stay beside them."""
    if any(not _PSEUDONYM.fullmatch(name) for name in names):
        raise ClassFileError(
            f"{folder}: results under the people's names are there already; name another --out"
        )
