"""What a lab asks for: `lab.yaml`, the one place where an instructor moves the course to other versions.

It is read into dataclasses: into `Lab` what every lab has, and the rest into the class `Asked` of the lab's check
module, which declares what only that lab has, and which `checks.sections` it uses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from checks.edition import EditionError
from checks.edition_files import SOLUTIONS, SPEC, course_files
from checks.parsing.text.problems import ParseError
from checks.parsing.text.typed import Mistyped, Section, names_of, read_as
from checks.parsing.text.yaml_file import parse_yaml
from checks.parsing.text.yaml_node import YamlNode
from checks.sections import ImageAsked, Nonce, Reveal, RunInputs

ROOT = Path(__file__).resolve().parents[1]
OWN = "Asked"  # the class of a check module
T = TypeVar("T", bound=Section)


class LabError(Exception):
    """No such lab, or its `lab.yaml` is not as it must be; the message says what, and where."""


@dataclass(frozen=True, kw_only=True)
class Common(Section):
    """What `lab.yaml` says in every lab.

    `position` orders the course, `target` is what make calls the lab (`make test<target>`). `edit` has the
    files that a student hands in; everything else comes from the starter. `images` is by Dockerfile: where a
    lab has one, `base`, `base_aliases` and `tag` stand at the top instead. `start_seconds` is what a container
    has from its start to its first answer. `planted` has files, by path, that hold a canary where it says
    `{value}`; a `*` in a path is a random word. `fetches` has the URLs from which a Dockerfile may ADD.
    `arguments` are the build arguments that every build gets, each with a new random version as its value.
    `reveal` says by check how much of a failure an export shows to students. `edition` names the edition of the
    course that the file is of, where that is not its author's.
    """

    title: str
    summary: str
    position: int
    target: str
    edit: tuple[str, ...]
    dockerfile: str
    images: Mapping[str, ImageAsked]
    port: int
    nonce: Nonce
    start_seconds: float
    compose: str | None = None
    planted: Mapping[str, str] = field(default_factory=dict)
    fetches: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    reveal: Mapping[str, Reveal] = field(default_factory=dict)
    run: RunInputs = field(default_factory=RunInputs)
    edition: str = ""


@dataclass(frozen=True, kw_only=True)
class Lab(Common):
    """One task folder and its settings.

    `starter` is the folder with the course's own files: the lab's `folder`, where a student works, or what an
    edition makes of it.
    """

    folder: Path
    starter: Path
    node: YamlNode = field(repr=False)

    def __getstate__(self) -> Mapping[str, Any]:
        """What goes to the process that grades a submission of a class: the settings, read, and not the file."""
        return {**vars(self), "written": self.written, "node": None}

    @cached_property
    def written(self) -> Mapping[str, Any]:
        """The file as plain values, from which the titles of checks are filled in."""
        written: Mapping[str, Any] = self.node.value
        return written

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def module(self) -> Path:
        """The file with this lab's checks."""
        return ROOT / "checks" / f"check_{self.id}.py"

    @property
    def solution(self) -> Path:
        """The folder with the reference solution; it is missing from the students' copy of the course."""
        return self.starter.parent / SOLUTIONS / self.id

    @property
    def main_file(self) -> str:
        """The file that static checks are about, unless they say otherwise."""
        return self.compose or self.dockerfile

    @property
    def image(self) -> ImageAsked:
        """The image of the main Dockerfile."""
        return self.images[self.dockerfile]

    @cached_property
    def own(self) -> Section:
        """What only this lab has, as the class `Asked` of its check module declares it; raises `LabError`."""
        kind: type[Section] = getattr(import_module(f"checks.{self.module.stem}"), OWN, Section)
        return _read(kind, self.node, _own(self.node))

    def validate(self) -> None:
        """Read all that is read later; raises `LabError`. A check module that is broken, the report tells about."""
        try:
            _ = self.own
        except LabError:
            raise
        except Exception:  # noqa: BLE001 - whatever its import raises
            return

    def asks(self, kind: type[T]) -> T:
        """The settings of one section; raises `LabError` where the lab's `Asked` does not have it."""
        if isinstance(self.own, kind):
            return self.own
        raise LabError(f"`{OWN}` in {self.module.name} should be a {kind.__module__}.{kind.__name__}")


def load_lab(name: str, root: Path = ROOT) -> Lab:
    """Read one lab by its folder's name or its `target`; raises `LabError` with those there are."""
    labs = all_labs(root)
    for lab in labs:
        if name in {lab.id, lab.target}:
            return lab
    raise LabError(f"there is no lab `{name}`; there are: {', '.join(lab.id for lab in labs)}")


def all_labs(root: Path = ROOT) -> Sequence[Lab]:
    """The folders at the top that hold a `lab.yaml`, in the order of the course, in the edition in force."""
    try:
        files = course_files(root)
    except EditionError as wrong:
        raise LabError(str(wrong)) from None
    labs = (read_lab(root / spec.parent.name, spec.parent) for spec in files.glob(f"*/{SPEC}"))
    ordered = sorted(labs, key=lambda lab: (lab.position, lab.id))
    for name in ("position", "target"):
        _refuse_twins(ordered, name)
    return ordered


def read_lab(folder: Path, starter: Path | None = None) -> Lab:
    """Read the `lab.yaml` of a folder, or of the starter that an edition makes of it; raises `LabError`."""
    starter = starter or folder
    file = (starter / SPEC).relative_to(folder.parent).as_posix()
    try:
        node = parse_yaml((starter / SPEC).read_bytes(), file)
    except ParseError as error:
        raise LabError(f"{file}:{error.line}: {error.message}") from None
    common = _read(Common, node, _common(node))
    return Lab(**vars(common), folder=folder, starter=starter, node=node)


def _common(node: YamlNode) -> Mapping[str, Any]:
    """What every lab has; an image that is described at the top is put where several are."""
    written = node.value
    common = {name: written[name] for name in written if name in COMMON}
    if "images" not in common and "dockerfile" in common:
        image = {name: written[name] for name in written if name in ONE_IMAGE}
        common["images"] = {common["dockerfile"]: image}
    return common


def _own(node: YamlNode) -> Mapping[str, Any]:
    """The other settings."""
    of_image = frozenset() if "images" in node else ONE_IMAGE
    return {name: value for name, value in node.value.items() if name not in COMMON | of_image}


COMMON, ONE_IMAGE = names_of(Common), names_of(ImageAsked)


def _read(kind: type[T], node: YamlNode, values: Mapping[str, Any]) -> T:
    try:
        return read_as(kind, node, values)
    except Mistyped as mistyped:
        raise LabError(str(mistyped)) from None


def _refuse_twins(labs: Sequence[Lab], name: str) -> None:
    """Raise `LabError` for two labs that share what tells them apart, in the course or for make."""
    seen: dict[Any, Lab] = {}
    for lab in labs:
        value = getattr(lab, name)
        if other := seen.get(value):
            raise LabError(f"{other.id}/{SPEC} and {lab.id}/{SPEC} have the same `{name}`: {value}")
        seen[value] = lab
