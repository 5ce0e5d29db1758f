"""`--platform=linux/arm64/v8`: an operating system, an architecture and a variant, as containerd reads them."""

import re

from checks.parsing.problems import Refused

# What stands alone must be one that Go knows: a system, or an architecture under any of its names.
_SYSTEMS = re.compile(
    "aix|android|darwin|macos|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|"
    "windows|zos"
)
_ARCHITECTURES = re.compile(
    "386|i386|amd64|amd64p32|x86_64|x86-64|arm|armbe|armhf|armel|arm64|arm64be|aarch64|ppc|ppc64|ppc64le|"
    "loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|riscv|riscv64|s390|s390x|sparc|sparc64|wasm"
)
_PART = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_SYSTEM = re.compile(r"[A-Za-z0-9_-]+(?:\([A-Za-z0-9_.%-]*(?:\+[A-Za-z0-9_.%-]+)*\))?", re.ASCII)
MAX_PARTS = 3


def check_platform(text: str, written: str) -> None:
    """Raise Refused for what is no platform; `written` is how it stands in the file."""
    if not text:
        raise Refused(f"--platform is empty: `{written}` comes to nothing here")
    system, *rest = text.split("/")
    valid = _SYSTEM.fullmatch(system) and all(map(_PART.fullmatch, rest)) and len(rest) < MAX_PARTS
    if not valid or not (rest or _is_known(system.lower())):
        raise Refused(f"--platform `{text}` is no platform: linux/amd64 or linux/arm64, say")


def _is_known(word: str) -> bool:
    return bool(_SYSTEMS.fullmatch(word.partition("(")[0]) or _ARCHITECTURES.fullmatch(word))
