"""List, for the documentation, every key of a Compose file that does not run as written, by effect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks.engine.project import keys_of_parts as parts
from checks.engine.project.effect import Effect, Key
from checks.engine.project.keys_of_services import SERVICE

SECTIONS: tuple[tuple[str, Mapping[str, Key]], ...] = (
    ("the file", parts.TOP),
    ("a service", SERVICE),
    ("its `build`", parts.BUILD),
    ("its `deploy`", parts.DEPLOY),
    ("its `deploy.resources.reservations`", parts.RESERVATIONS),
    ("its connection to a network", parts.CONNECTION),
    ("an option of a mount", parts.MOUNT),
    ("a network", parts.NETWORK),
    ("a volume", parts.VOLUME),
    ("a secret or a config", parts.FILE),
)
ORDER = (Effect.REFUSED, Effect.BOUNDED, Effect.DROPPED)


@dataclass(frozen=True, slots=True)
class Row:
    """Keys of one part of the file with the same effect and reason; `but` names the values that are allowed."""

    effect: Effect
    part: str
    keys: tuple[str, ...]
    why: str
    but: str


def rows() -> Iterator[Row]:
    """Yield all rows: refused keys first, then bounded, then dropped."""
    for effect in ORDER:
        for part, keys in SECTIONS:
            for (why, but), names in _by_reason(keys, effect).items():
                yield Row(effect, part, tuple(names), why, but)


def _by_reason(keys: Mapping[str, Key], effect: Effect) -> Mapping[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for name, key in sorted(keys.items()):
        if key.effect is effect:
            found.setdefault((key.why, key.but), []).append(name)
    return found
