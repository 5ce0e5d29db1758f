"""What a lab asks for: `lab.yaml`, the one place where an instructor moves the course to other versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SPEC = "lab.yaml"


class LabError(Exception):
    """No such lab, or its `lab.yaml` lacks something; the message says what, and where."""


@dataclass(frozen=True, slots=True)
class ImageAsked:
    """One image of a lab: the Dockerfile that gives it, its base's names, and the tag that a student uses."""

    dockerfile: str
    base: str
    base_aliases: tuple[str, ...]
    tag: str

    @property
    def bases(self) -> tuple[str, ...]:
        """The base's names, the usual one first."""
        return (self.base, *self.base_aliases)


@dataclass(frozen=True)
class Lab:
    """One task folder and its settings."""

    folder: Path
    settings: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def module(self) -> Path:
        """The file with this lab's checks."""
        return ROOT / "checks" / f"check_{self.id}.py"

    @cached_property
    def title(self) -> str:
        """What the report calls this lab."""
        return self.text("title")

    @property
    def main_file(self) -> str:
        """The file that static checks are about, unless they say otherwise."""
        return str(self.settings.get("compose") or self.text("dockerfile"))

    @cached_property
    def edit(self) -> tuple[str, ...]:
        """The files that a student hands in; everything else comes from the starter."""
        return self.texts("edit")

    @cached_property
    def images(self) -> Mapping[str, ImageAsked]:
        """What is built, by Dockerfile: all of `images`, or the one of `dockerfile`, `base` and `tag`."""
        asked = self.settings.get("images") or {self.text("dockerfile"): self.settings}
        return {name: self._image(name, entry) for name, entry in asked.items()}

    def _image(self, dockerfile: str, entry: Mapping[str, Any]) -> ImageAsked:
        try:
            base, tag = str(entry["base"]), str(entry["tag"])
        except KeyError as missing:
            raise LabError(f"{self.id}/{SPEC} has no {missing} for {dockerfile}") from None
        return ImageAsked(dockerfile, base, tuple(map(str, entry.get("base_aliases", ()))), tag)

    def value(self, name: str) -> Any:
        """A setting as YAML gives it."""
        try:
            return self.settings[name]
        except KeyError:
            raise LabError(f"{self.id}/{SPEC} has no `{name}`") from None

    def text(self, name: str) -> str:
        """A setting that is one string."""
        return str(self.value(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A setting that is a list of strings."""
        return tuple(str(entry) for entry in self.value(name))

    def number(self, name: str) -> float:
        """A setting that is a number; its unit is in its name."""
        return float(self.value(name))


def load_lab(name: str, root: Path = ROOT) -> Lab:
    """Read one lab by its folder's name or its `target`; raises `LabError` with those there are."""
    labs = all_labs(root)
    for lab in labs:
        if name in {lab.id, lab.text("target")}:
            return lab
    raise LabError(f"there is no lab `{name}`; there are: {', '.join(lab.id for lab in labs)}")


def all_labs(root: Path = ROOT) -> Sequence[Lab]:
    """The folders at the top that hold a `lab.yaml`, in the order of the course."""
    specs = root.glob(f"*/{SPEC}")
    labs = (Lab(spec.parent, yaml.safe_load(spec.read_text("utf-8"))) for spec in specs)
    ordered = sorted(labs, key=lambda lab: (lab.number("position"), lab.id))
    for name in ("position", "target"):
        _refuse_twins(ordered, name)
    return ordered


def _refuse_twins(labs: Sequence[Lab], name: str) -> None:
    """Raise `LabError` for two labs that share what tells them apart, in the course or for make."""
    seen: dict[Any, Lab] = {}
    for lab in labs:
        value = lab.value(name)
        if other := seen.get(value):
            raise LabError(f"{other.id}/{SPEC} and {lab.id}/{SPEC} have the same `{name}`: {value}")
        seen[value] = lab
