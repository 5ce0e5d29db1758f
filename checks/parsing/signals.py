"""The signals that STOPSIGNAL may name: Linux's (signal(7)), with or without `SIG`, or any number but 0."""

import re

_NAMES = re.compile(
    "ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|"
    "TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|"
    r"RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def is_signal(text: str) -> bool:
    """Whether a container can be told to end by it."""
    if _NUMBER.fullmatch(text):
        return int(text) != 0
    return _NAMES.fullmatch(text.upper().removeprefix("SIG")) is not None
