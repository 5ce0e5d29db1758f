"""Canaries, planted where a student might leak them: in folders, in builds, and in a variable that a file asks for.

A lab's `planted` lists the files that get one, with their text. The values are random, so a value that turns up
somewhere was leaked to that place. Names may have a random part, so that nobody can keep out the canaries alone.
"""

import secrets
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
# Set regardless of the umask, since the image's user must be able to read copied files.
FILE, FOLDER = 0o644, 0o755


@dataclass(frozen=True, slots=True)
class CanaryFiles:
    """Canaries in files. `files`: text by name, with `{value}` for the canary; `secret`: the path of the secret.

    A file's path is its name with `word` for each `*`; its canary has the name. `variable` is the usual name of a
    variable that holds the secret. `planted_at`: when the values were made, in seconds since the epoch; no older
    layer contains one.
    """

    files: Mapping[str, str]
    secret: str | None
    canaries: tuple[Canary, ...]
    variable: str | None = None
    word: str = field(default_factory=lambda: secrets.token_hex(4))
    planted_at: float = field(default_factory=time.time)

    @classmethod
    def of(cls, lab: Lab) -> Self:
        """Return the files that this lab plants, with fresh values; no files if it has no `planted`."""
        own = lab.own
        secret = own.secret_file if isinstance(own, ModelSettings) else None
        return cls.with_values(
            lab.planted, secret, own.secret_variable if isinstance(own, WatchedSettings) else None
        )

    @classmethod
    def with_values(cls, files: Mapping[str, str], secret: str | None, variable: str | None = None) -> Self:
        """Make fresh values for these files, and one for build arguments."""
        return cls(files, secret, plant([*files, ARGUMENT]) if files else (), variable)

    def value(self, name: str) -> str:
        """Return the value that was planted under this name."""
        return next(canary.value.decode() for canary in self.canaries if canary.name == name)

    def plant(self, root: Path) -> None:
        """Write the files into a workspace, over any files with their names."""
        for name, text in self.files.items():
            path = root / name.replace("*", self.word)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(value=self.value(name)), "utf-8")
            path.chmod(FILE)
            for folder in path.relative_to(root).parents:
                (root / folder).chmod(FOLDER)

    def filling(self, variables: "Lookup") -> "Lookup":
        """Return a lookup of these variables that gives the secret for `variable` if that has no value.

        Compose takes variables from the shell as well. If a Compose file asks for the key, a person will set it
        there, and the container shows it to everyone: grading must not look at an empty value instead.
        """

        def filled(name: str) -> str | None:
            value = variables(name)
            if value is None and name == self.variable and self.secret in self.files:
                return self.value(str(self.secret))
            return value

        return filled

    def build_arguments(self, dockerfile: "Dockerfile") -> Mapping[str, str]:
        """Return a value for each build argument without a default or with a secret's name."""
        from checks.parsing.dockerfile.build_inputs import awaited_arguments

        return dict.fromkeys(awaited_arguments(dockerfile), self.value(ARGUMENT))

    def build_secrets(self, dockerfile: "Dockerfile", root: Path) -> Mapping[str, Path]:
        """Return the path of the planted secret for each secret id that a RUN mounts."""
        from checks.parsing.dockerfile.build_inputs import mounted_secrets

        return dict.fromkeys(mounted_secrets(dockerfile), root / self.secret) if self.secret else {}
