"""Random values where a student might leak them: into folders, builds, and a variable that a file asks for.

A lab says in its `planted` which files get one, and how they look. Nobody can know the values beforehand, so
wherever one of them turns up, that is where it went.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from checks.evidence.image.canaries import Canary, plant
from checks.lab import Lab
from checks.sections import ModelSettings, WatchedSettings

if TYPE_CHECKING:
    from checks.parsing.compose.interpolation import Lookup
    from checks.parsing.dockerfile.dockerfile import Dockerfile

ARGUMENT = "a build argument"
# Whatever the umask: an image's own user must be able to read what is copied.
FILE, FOLDER = 0o644, 0o755


@dataclass(frozen=True, slots=True)
class CanaryFiles:
    """`files`: text by path, with `{value}` where the canary of that name goes; `secret`: the path that is one.

    `variable` is what a person would call the variable that holds the same. `planted_at`: when the values were
    made, in seconds since the epoch; no layer that is older has one.
    """

    files: Mapping[str, str]
    secret: str | None
    canaries: tuple[Canary, ...]
    variable: str | None = None
    planted_at: float = field(default_factory=time.time)

    @classmethod
    def of(cls, lab: Lab) -> Self:
        """What this lab plants, with fresh values; nothing when it has no `planted`."""
        own = lab.own
        secret = own.secret_file if isinstance(own, ModelSettings) else None
        return cls.with_values(
            lab.planted, secret, own.secret_variable if isinstance(own, WatchedSettings) else None
        )

    @classmethod
    def with_values(cls, files: Mapping[str, str], secret: str | None, variable: str | None = None) -> Self:
        """Fresh values for these files, and for a build argument."""
        return cls(files, secret, plant([*files, ARGUMENT]) if files else (), variable)

    def value(self, name: str) -> str:
        """The value that was planted under this name."""
        return next(canary.value.decode() for canary in self.canaries if canary.name == name)

    def plant(self, root: Path) -> None:
        """Write the files into a workspace, in place of whatever has their names."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(value=self.value(name)), "utf-8")
            path.chmod(FILE)
            for folder in path.relative_to(root).parents:
                (root / folder).chmod(FOLDER)

    def filling(self, variables: "Lookup") -> "Lookup":
        """The same variables, and the secret where the one that would hold it is not among them.

        Compose takes a variable from the shell as well. Where a file asks for the key, somebody will put it there,
        and then it is in the container for all to see: grading must not look at a blank instead.
        """

        def filled(name: str) -> str | None:
            value = variables(name)
            if value is None and name == self.variable and self.secret in self.files:
                return self.value(str(self.secret))
            return value

        return filled

    def build_arguments(self, dockerfile: "Dockerfile") -> Mapping[str, str]:
        """A value for each argument that waits for one."""
        from checks.parsing.dockerfile.build_inputs import awaited_arguments

        return dict.fromkeys(awaited_arguments(dockerfile), self.value(ARGUMENT))

    def build_secrets(self, dockerfile: "Dockerfile", root: Path) -> Mapping[str, Path]:
        """The planted secret, under each id that a RUN mounts."""
        from checks.parsing.dockerfile.build_inputs import mounted_secrets

        return dict.fromkeys(mounted_secrets(dockerfile), root / self.secret) if self.secret else {}
