"""Assertions about a pyproject.toml, the lock made for it, and the resulting packages in an image."""

from collections.abc import Iterable, Sequence

from packaging.utils import canonicalize_name

from checks.evidence.image.contents import distributions
from checks.evidence.image.image import Image
from checks.expect.service import same_version
from checks.outcomes import CheckFailed
from checks.parsing.packages.poetry_lock import Lock
from checks.parsing.packages.poetry_project import Project
from checks.parsing.packages.specifiers import parse_requirement, truth_of


def declared(project: Project, wanted: str, python: str) -> None:
    """Assert that the main dependencies have exactly this version of this package, with these extras.

    A dependency whose marker excludes `python` (`3.8.12`) does not count.
    """
    pin = parse_requirement(wanted)
    help = f'Add it as `{wanted}` (`poetry add "{wanted}"`): `^` and `>=` mean another version some day.'
    asked = [entry for entry in project.main if entry.name == pin.name]
    if not asked:
        expected, line = f"`{wanted}` in {project.path}", project.line_of_dependencies
        raise CheckFailed(expected, *_missing(project, pin.name, help), line=line)
    kept = [entry for entry in asked if truth_of(entry.marker, python) != "never"]
    if not kept:
        said = f"`{asked[0].raw}`: never installed here, `{asked[0].marker}` is not true for Python {python}"
        raise CheckFailed(f"`{wanted}`", f"{said} on Linux", help, line=asked[0].line)
    for entry in kept:
        if not (same_version(entry.version, pin.version) and pin.extras <= entry.extras):
            raise CheckFailed(f"`{wanted}`", f"`{entry.raw}`", help, line=entry.line)


def _missing(project: Project, name: str, help: str) -> tuple[str, str]:
    """Describe where the package is instead, and how to fix that."""
    groups = project.groups_with(name)
    if groups:
        return (
            f"it is in the group `{groups[0]}` only",
            "The service needs it: move it to the main dependencies.",
        )
    return "it is not among the dependencies", help


def made_for(lock: Lock, project: Project) -> None:
    """Assert that the lock was made for the present content of this project file."""
    if not lock.is_for(project):
        raise CheckFailed(
            f"a {lock.path} that was made for this {project.path}",
            f"its content-hash `{lock.content_hash}` belongs to another one"
            if lock.content_hash
            else "it has no content-hash",
            f"Lock again after every change of {project.path} (`poetry lock`), and hand in both files.",
            line=lock.file.line_with("content-hash"),
        )


def locked(lock: Lock, wanted: str) -> None:
    """Assert that the lock has exactly this version of this package."""
    pin = parse_requirement(wanted)
    versions = lock.versions.get(pin.name, ())
    if not versions or not all(same_version(version, pin.version) for version in versions):
        raise CheckFailed(
            f"{pin.name} {pin.version} in {lock.path}",
            f"it has {', '.join(versions)}" if versions else "it is not in there",
            "Pin it in the project file, then lock again (`poetry lock`).",
            line=lock.file.line_with(f'name = "{pin.name}"'),
        )


def kept_for_development(project: Project, names: Iterable[str]) -> None:
    """Assert that a group has these packages, whose presence in an image shows that the group was installed."""
    for name in names:
        if not project.groups_with(name):
            raise CheckFailed(
                f"`{name}` in the development group of {project.path}, as in the starter",
                "no group has it",
                "Put it back and lock again: without it, nobody can tell whether your image leaves it out.",
                line=project.line_of_dependencies,
            )


def not_in_image(image: Image, names: Sequence[str]) -> None:
    """Assert that no layer above the base has any of these distributions."""
    unwanted = {canonicalize_name(name) for name in names}
    for found in distributions(image.own_layers):
        if found.name in unwanted:
            raise CheckFailed(
                f"an image without {', '.join(names)}",
                f"`{found.path}` is in the layer of `{found.layer.created_by}`",
                "It is for development. What one layer has, no later layer can take out of the image.",
            )
