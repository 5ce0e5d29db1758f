"""The build context of a stand-in: the recipe's folder, and what cannot be kept as a file of this project."""

from pathlib import Path
from typing import Final

from checks.engine.commands import run
from checks.engine.embedded.environment import environment_of
from checks.engine.standins.packages import make_packages
from checks.engine.standins.recipes import Recipe
from checks.engine.standins.surroundings import Surroundings

ROOT_LIMIT_S: Final = 1800.0
# Files that nobody reads in a container are most of a minimal Debian (dpkg(1), path-exclude).
LEFT_OUT: Final = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/doc/*", "/usr/share/locale/*")
LICENCES: Final = "/usr/share/doc/*/copyright"
# Inside, the sources and settings of apt are those of `Surroundings.write`, without paths of the host.
OWN_SETTINGS: Final = 'rm -f "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap'
ROOT: Final = (
    "--mode=root",
    "--variant=minbase",
    *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
    f"--dpkgopt=path-include={LICENCES}",
    f"--customize-hook={OWN_SETTINGS}",
)
# /bin is /usr/bin from the start: the package that moves it there would bring 50 MB of Perl.
MERGED_USR: Final = "usr/share/mmdebstrap/hooks/maybe-merged-usr"


def fill(recipe: Recipe, context: Path, surroundings: Surroundings, tools: Path) -> None:
    """Add to `context` what the Dockerfile of `recipe` copies and its folder has not."""
    text = (recipe.folder / "Dockerfile").read_text("utf-8")
    if "ADD root.tar" in text:
        surroundings.write(context / "host")
        _make_root(context, surroundings, tools)
    if "COPY packages" in text:
        make_packages(recipe.folder, context / "packages")


def _make_root(context: Path, surroundings: Surroundings, tools: Path) -> None:
    """A minimal Debian of the host's release, from the host's mirror."""
    sources, settings = context / "sources.list", context / "apt.conf"
    sources.write_text("".join(f"{line}\n" for line in surroundings.suites.host_lines))
    settings.write_text(surroundings.apt)
    options = [*ROOT, f"--hook-dir={tools / MERGED_USR}", f"--aptopt={settings}"]
    target = [surroundings.suites.host, str(context / "root.tar"), str(sources)]
    environment = {**environment_of(tools), "TMPDIR": str(context.parent)}
    run(["mmdebstrap", *options, *target], environment=environment, time_limit_s=ROOT_LIMIT_S)
