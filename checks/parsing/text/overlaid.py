"""Several mappings as one, without a copy: each RUN of a file has its own, and a file may have thousands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Overlaid(Mapping[str, str]):
    """A mapping that takes the value of a name from the first of `mappings` that has it."""

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
        """Return whether it has an entry, without counting the entries."""
        return any(map(len, self.mappings))
