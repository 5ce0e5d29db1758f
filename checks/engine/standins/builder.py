"""The builder of stand-ins, for the embedded engine only.

The build context is the recipe's folder, plus a minimal Debian and packages made at build time.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import run
from checks.engine.embedded.layout import environment_of
from checks.engine.embedded.mounts import unmount_below
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.standins.packages import make_packages, mirror_for_poetry, ubuntu_packages
from checks.engine.standins.recipes import Recipe, recipes
from checks.engine.standins.state import State
from checks.engine.standins.surroundings import Surroundings, package_index

LABEL: Final = "graded-docker-lab.stand-in"
MAKING_LIMIT_S: Final = 1800.0


@dataclass(frozen=True, slots=True)
class StandInBuilder:
    """Build stand-ins in the embedded engine, and record them in `state`."""

    engine: Engine
    state: State
    surroundings: Surroundings
    progress: Callable[[str], None]

    def image(self, recipe: Recipe) -> str:
        """Return the id of the image of `recipe`; build it if it is missing or out of date."""
        digest = self.digest(recipe)
        made = self.state.recipe_image(digest)
        if made and self._is_there(made):
            return made
        parent = self._named_parent(recipe) if recipe.parent else ""
        self.progress(f"making the stand-in {recipe.name} (once)")
        image_id = self._make(recipe, parent)
        self.state.remember_recipe(digest, image_id)
        self._remove_older(recipe)
        return image_id

    def _remove_older(self, recipe: Recipe) -> None:
        """Remove the images of earlier versions of the recipe, unless others are built from them."""
        names = f"graded-docker-lab/stand-in-{recipe.name}"
        found = self.engine.run_cli("images", "--format", "{{.Repository}}:{{.Tag}}", names).stdout.split()
        for tag in set(found) - {self._tag(recipe)}:
            with suppress(EngineError):
                self.engine.run_cli("image", "rm", tag)

    def _named_parent(self, recipe: Recipe) -> str:
        """Tag the parent anew and return the tag: FROM takes no image id, and the old tag may have moved."""
        parent = recipes()[recipe.parent]
        image_id, tag = self.image(parent), self._tag(parent)
        self.engine.run_cli("tag", image_id, tag)
        return tag

    def _tag(self, recipe: Recipe) -> str:
        return f"graded-docker-lab/stand-in-{recipe.name}:{self.digest(recipe)[:12]}"

    def digest(self, recipe: Recipe) -> str:
        """Return the digest of all inputs of the image, including its parents."""
        around = self.surroundings
        first = (around.sources, around.apt, around.pip, ROOT, MERGED_USR, [*ubuntu_packages(Path())])
        parent = self.digest(recipes()[recipe.parent]) if recipe.parent else repr(first)
        own = recipe.content() + (b"" if recipe.parent else around.certificates)
        return hashlib.sha256(parent.encode() + own).hexdigest()

    def _is_there(self, image_id: str) -> bool:
        return image_id in self.engine.run_cli("images", "--all", "--quiet", "--no-trunc").stdout.split()

    def _make(self, recipe: Recipe, parent: str) -> str:
        """Build the image in a temporary directory below the engine's directory."""
        work = self.state.directory / "standins"
        if work.exists():  # a killed build left it; a mount in it could be the machine's own /dev
            unmount_below(work)
            shutil.rmtree(work, ignore_errors=True)  # its processes may still be ending
        work.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=work) as scratch:
            context = Path(scratch) / "context"
            shutil.copytree(recipe.folder, context)
            fill(recipe, context, self.surroundings, self.state.directory / "tools")
            return self._build(context, self._tag(recipe), parent)

    def _build(self, context: Path, tag: str, parent: str) -> str:
        mirror = mirror_for_poetry(package_index())
        arguments = [f"PARENT={parent}", f"POETRY_MIRROR={mirror}"]
        given = [word for argument in arguments for word in ("--build-arg", argument)]
        options = ("--progress=plain", f"--label={LABEL}=true", f"--tag={tag}")
        self.engine.run_cli("build", *options, *given, str(context), time_limit_s=MAKING_LIMIT_S)
        return str(self.engine.client.images.get(tag).id)


ROOT_LIMIT_S: Final = 1800.0
# Manuals and translations take most of a minimal Debian (dpkg(1), path-exclude).
LEFT_OUT: Final = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/doc/*", "/usr/share/locale/*")
LICENCES: Final = "/usr/share/doc/*/copyright"
# In the image, apt's sources and settings come from `Surroundings.write`, without paths of the host.
OWN_SETTINGS: Final = 'rm -f "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap'
ROOT: Final = (
    "--mode=root",
    "--variant=minbase",
    *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
    f"--dpkgopt=path-include={LICENCES}",
    f"--customize-hook={OWN_SETTINGS}",
)
# Makes /bin a link to /usr/bin from the start; the package that moves it there would bring 50 MB of Perl.
MERGED_USR: Final = "usr/share/mmdebstrap/hooks/maybe-merged-usr"


def fill(recipe: Recipe, context: Path, surroundings: Surroundings, tools: Path) -> None:
    """Add to `context` the files that the Dockerfile of `recipe` copies, but that its folder lacks."""
    text = (recipe.folder / "Dockerfile").read_text("utf-8")
    if "ADD root.tar" in text:
        surroundings.write(context / "host")
        _make_root(context, surroundings, tools)
    if "COPY packages" in text:
        make_packages(recipe.folder, context / "packages")


def _make_root(context: Path, surroundings: Surroundings, tools: Path) -> None:
    """Create the tar of a minimal Debian of the host's release, from the host's mirror."""
    sources, settings = context / "sources.list", context / "apt.conf"
    sources.write_text("".join(f"{line}\n" for line in surroundings.suites.host_lines))
    settings.write_text(surroundings.apt)
    options = [*ROOT, f"--hook-dir={tools / MERGED_USR}", f"--aptopt={settings}"]
    target = [surroundings.suites.host, str(context / "root.tar"), str(sources)]
    environment = {**environment_of(tools), "TMPDIR": str(context.parent)}
    run(["mmdebstrap", *options, *target], environment=environment, time_limit_s=ROOT_LIMIT_S)
