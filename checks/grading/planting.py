"""Random values where a student might leak them: into the folder that is built, and into what a build is given.

A lab says in its `planted` which files get one, and how they look. Nobody can know the values beforehand, so
wherever one of them turns up, that is where it went.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from checks.evidence.canaries import Canary, plant
from checks.grading.lab import Lab

if TYPE_CHECKING:
    from checks.parsing.dockerfile import Dockerfile

ARGUMENT = "a build argument"
# Whatever the umask: an image's own user must be able to read what is copied.
FILE, FOLDER = 0o644, 0o755


@dataclass(frozen=True, slots=True)
class Planting:
    """`files`: text by path, with `{value}` where the canary of that name goes; `secret`: the path that is one."""

    files: Mapping[str, str]
    secret: str | None
    canaries: tuple[Canary, ...]

    @classmethod
    def of(cls, lab: Lab) -> Self:
        """What this lab plants, with fresh values; nothing when it has no `planted`."""
        files: Mapping[str, str] = lab.settings.get("planted") or {}
        return cls(files, lab.settings.get("secret_file"), plant([*files, ARGUMENT]) if files else ())

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

    def build_arguments(self, dockerfile: "Dockerfile") -> Mapping[str, str]:
        """A value for each argument that waits for one."""
        from checks.parsing.given import awaited_arguments

        return dict.fromkeys(awaited_arguments(dockerfile), self.value(ARGUMENT))

    def build_secrets(self, dockerfile: "Dockerfile", root: Path) -> Mapping[str, Path]:
        """The planted secret, under each id that a RUN mounts."""
        from checks.parsing.given import mounted_secrets

        return dict.fromkeys(mounted_secrets(dockerfile), root / self.secret) if self.secret else {}
