"""EXPOSE: the ports on which the service in the image listens."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Self

from checks.parsing.dockerfile.instruction import Instruction
from checks.parsing.dockerfile.state import State
from checks.parsing.dockerfile.syntax import blank_separated
from checks.parsing.text.expansion_parts import ExpansionError
from checks.parsing.text.problems import Refused, RefusedInUse
from checks.sanitize import shortened

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context

MAX_PORT = 65_535
_RANGE = re.compile(r"\+?(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
_PROTOCOLS = frozenset({"tcp", "udp", "sctp", ""})


@dataclass(frozen=True, slots=True)
class Expose(Instruction):
    """`EXPOSE port[-port][/protocol] ...`; `ports` has every port of a range, as "8000/tcp".

    An unset variable expands to nothing, and Docker then accepts an EXPOSE without ports.
    """

    KEYWORD = "EXPOSE"

    ports: tuple[str, ...]

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        words = blank_separated(context.arguments)
        if not words:
            raise Refused("EXPOSE requires at least one argument")
        specs = [port for word in words for port in context.expand_words(word)]
        return cls(*cls.common(context), tuple(port for spec in specs for port in _ports(spec, context)))

    def after(self) -> State:
        return self.state.with_variables("ports", dict.fromkeys(self.ports, ""), self)


def _ports(spec: str, context: "Context") -> list[str]:
    """Return the ports of `[[address:]host:]port/protocol`; address and host must be valid, but have no effect."""
    text, _, protocol = spec.partition("/")
    published, _, container = text.rpartition(":")
    address, _, host = published.rpartition(":")
    numbers, outside = _range(container), _range(host) if host else None
    known = protocol.lower() in _PROTOCOLS and (outside is not None or not host) and _is_address(address)
    if numbers is None or not known:
        raise RefusedInUse(f"`{shortened(spec)}` is no port: {_what_else(spec)}")
    if outside and len(outside) not in {1, len(numbers)} and len(numbers) > 1:
        raise RefusedInUse(f"`{shortened(spec)}` has two ranges of ports, and they are not of one length")
    try:
        context.dialect.ports.spend(len(numbers))
    except ExpansionError as error:
        raise Refused("this file exposes more ports than there are") from error
    return [f"{number}/{protocol.lower() or 'tcp'}" for number in numbers]


def _range(text: str) -> range | None:
    match = _RANGE.fullmatch(text)
    if match is None or not int(match[1]) <= int(match[2] or match[1]) <= MAX_PORT:
        return None
    return range(int(match[1]), int(match[2] or match[1]) + 1)


def _is_address(text: str) -> bool:
    bare = text.strip(":").removeprefix("[").removesuffix("]")
    try:
        return not bare or bool(ip_address(bare))
    except ValueError:
        return False


def _what_else(spec: str) -> str:
    """Return a hint at what the author may have meant."""
    if spec.startswith("#"):
        return "a comment has a line of its own, for all behind the keyword is taken for ports"
    if spec.startswith("["):
        return "EXPOSE has no JSON form; write EXPOSE 8000"
    return f"8000, 8000/udp or 8000-8005, up to {MAX_PORT}"
