"""Several mappings seen as one, without a copy: every RUN of a file has its own, and there may be thousands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Overlaid(Mapping[str, str]):
    """A name has the value that the first of `mappings` gives it."""

    mappings: tuple[Mapping[str, str], ...]

    def __getitem__(self, name: str) -> str:
        for mapping in self.mappings:
            if (value := mapping.get(name)) is not None:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for mapping in self.mappings for name in mapping))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __bool__(self) -> bool:
        """As of any mapping, without counting what is in it."""
        return any(map(len, self.mappings))
