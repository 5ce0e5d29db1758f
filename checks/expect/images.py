"""Assertions about the image that a build produces: it has the app and its packages, and nothing needless.

A lean image that lacks the service earns no points.
"""

import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase

from checks.evidence.image.built import Built
from checks.evidence.image.contents import debian_packages, installed
from checks.evidence.image.image import Image
from checks.expect.basics import ABSENT, present
from checks.expect.service import same_version
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.dockerfile.references import stages_behind
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import apt_steps
from checks.parsing.packages.specifiers import Requirement, parse_requirement

_ARCHIVES = (".pex", ".pyz", ".pyzw", ".shiv")  # applications that run from a zip: pex, shiv, zipapp
_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")  # of a package, says Debian's policy; not a pattern, not a path


def sets_variables(image: Image, names: Sequence[str]) -> None:
    """Assert that the image's configuration sets these variables, to something."""
    for name in names:
        if not image.config.env.get(name):
            actual = f"it is empty, which is as good as {ABSENT}" if name in image.config.env else ABSENT
            help = f"`ENV {name}=1` in the last stage: a stage begins with the variables of its base alone."
            raise CheckFailed(f"`{name}` in the image's configuration", actual, help)


def made_of(built: Built, stage: Stage, source: str) -> None:
    """Assert that the image has its own layers, and that an instruction brings `source`, a file of the folder."""
    help = "FROM alone adds nothing to its base: add what the service needs."
    present(built.own_layers, "an image with layers of its own", help)
    stages = (stage, *stages_behind(stage.lineage))
    if not any(_brings(entry, source) for each in stages for entry in each.lineage):
        said = f"nothing brings `{source}` from your folder: the image is there, and the service is not in it"
        raise CheckFailed("an image with the app in it", said, "Copy the app: `COPY . .`", line=stage.line)


def holds(image: Image, packages: Sequence[str], asked: Mapping[str, Collection[str]]) -> None:
    """Assert that the image has the `asked` ones of these packages, since the install may never have run.

    `asked` has the versions by name. Other checks judge packages that nothing asks for, and other versions; but the
    image must have at least one of these packages, and no other version than the one that was asked for.
    """
    wanted = [parse_requirement(package) for package in packages]
    found = installed(image.layers)
    missing = [each.name for each in wanted if each.name not in found]
    for name in missing:
        if name in asked or len(missing) == len(wanted):
            raise _not_there(name, image)
    for each in wanted:
        if each.name in found and all(
            same_version(said, each.version) for said in asked.get(each.name, ("",))
        ):
            _in_version(found[each.name], each)


def _not_there(name: str, image: Image) -> CheckFailed:
    """Return the failure for a package in no layer; an application in one archive may hold it."""
    found = (path for layer in image.layers for path in layer.files if path.endswith(_ARCHIVES))
    if archive := next(found, None):
        said = f"{name} is in no layer as files of its own, and the grader does not look into `{archive}`"
        help = "Install the packages as files: `pip install`, with `--target` or into an environment as you like."
    else:
        said = f"{name} is in no layer of the image: nothing has installed it"
        help = "Look at what the build prints: did the program that installs really run?"
    return CheckFailed(f"a service that runs on {name}", said, help)


def _in_version(versions: Collection[str], wanted: Requirement) -> None:
    """Assert that one of these versions is the wanted one, whatever its local part (`2.0+cpu`) is."""
    if not any(same_version(version.partition("+")[0], wanted.version) for version in versions):
        raise CheckFailed(
            f"{wanted.name} {wanted.version} in the image, as it is asked for",
            f"what is installed there is {', '.join(sorted(versions))}",
            "A later install has replaced it: ask for each package once, in one version.",
        )


def holds_of_debian(image: Image, stage: Stage, packages: Sequence[str]) -> None:
    """Assert that dpkg knows the packages that the stage asks apt for: another program may be called `apt`."""
    found = debian_packages(image.layers)
    for package in packages:
        asked = next((step for step in apt_steps(stage) if step.installs(package)), None)
        if asked and package not in found:
            raise CheckFailed(
                f"an image in which apt has installed {package}",
                f"line {asked.line} asks for {package}, and dpkg knows nothing of it in any layer",
                "Look at what the build prints: did apt really run?",
            )


def apt_has_run(image: Image, stage: Stage) -> None:
    """Assert that dpkg knows any package that the stage asks apt for, if it asks for some and removes none."""
    steps = apt_steps(stage)
    asked = [
        (step, name) for step in steps if step.apt and step.apt.adds_packages for name in step.apt.names()
    ]
    known = all(_NAME.fullmatch(name) for _, name in asked)
    if asked and known and not any(step.apt and step.apt.removes for step in steps):
        found = debian_packages(image.layers)
        if not any(name in found for _, name in asked):
            step, name = asked[0]
            raise CheckFailed(
                "an image in which apt has installed what it is asked for",
                f"line {step.line} asks for {name}, and dpkg knows nothing of that in any layer, nor of the others",
                "Look at what the build prints: did apt really run?",
            )


def _brings(instruction: Instruction, file: str) -> bool:
    if isinstance(instruction, CopyOrAdd):
        return instruction.from_context and any(_holds(source, file) for source in instruction.sources)
    mounts = instruction.mounts if isinstance(instruction, Run) else ()
    return any(
        mount.type == "bind" and mount.from_name is None and _holds(mount.source or ".", file)
        for mount in mounts
    )


def _holds(source: str, file: str) -> bool:
    """Whether a path of the context, which may have wildcards, is the file or a folder above it."""
    path = posixpath.normpath(f"/{source}").lstrip("/")
    above = [file.rsplit("/", depth)[0] for depth in range(file.count("/") + 1)]
    return not path or any(fnmatchcase(place, path) for place in above)
