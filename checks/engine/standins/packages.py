"""Build small Debian packages under names that only Ubuntu has, with the index that makes apt offer them.

Also choose the mirror for Poetry, which reads facts about packages as JSON. For an index without JSON, a plugin
reads its pages.
"""

import hashlib
import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import run

# It has an epoch, since some releases of Debian have packages of these names, and apt must prefer ours.
INTERFACE_VERSION: Final = "1:0.99.9+standin1"
# Above the versions that Debian's packages declare they break (3.8 before 3.8.2-1+b1), and below a release's own
# Python (3.11.2-6, 3.13.5), which apt must prefer.
PYTHON_VERSION: Final = "3.{minor}.2-2standin1"
PYTHON_MINORS: Final = range(8, 14)


@dataclass(frozen=True, slots=True)
class Package:
    """A package to build: its control fields, one program, and links (path in the package, target)."""

    name: str
    version: str
    depends: str
    program: Path | None = None
    links: tuple[tuple[str, str], ...] = ()

    def control(self) -> str:
        """Return the text of the control file, deb-control(5)."""
        depends = f"Depends: {self.depends}\n" if self.depends else ""
        return (
            f"Package: {self.name}\nVersion: {self.version}\nArchitecture: all\nSection: python\n"
            f"Priority: optional\nMaintainer: the course <root@localhost>\n{depends}"
            f"Description: stand-in for {self.name}\n"
        )


def ubuntu_packages(recipe: Path) -> Iterator[Package]:
    """Yield the packages of Ubuntu and its PPA that Task 1 installs: `add-apt-repository`, Pythons by version."""
    program = recipe / "add-apt-repository"
    link = (("usr/bin/apt-add-repository", "add-apt-repository"),)
    depends = "python3, ca-certificates, gpgv"
    yield Package("software-properties-common", INTERFACE_VERSION, depends, program, link)
    for minor in PYTHON_MINORS:
        name, version = f"python3.{minor}", PYTHON_VERSION.format(minor=minor)
        yield Package(name, version, "python3", links=((f"usr/bin/{name}", "python3"),))
        yield Package(f"{name}-minimal", version, name)
        yield Package(f"{name}-distutils", version, f"{name}, python3-setuptools")
        for part in ("venv", "dev"):
            yield Package(f"{name}-{part}", version, f"{name}, python3-{part}")


def make_packages(recipe: Path, target: Path) -> None:
    """Build the packages in `target`, with the flat index that `deb file:... ./` reads (sources.list(5))."""
    target.mkdir()
    entries = [_make(package, target) for package in ubuntu_packages(recipe)]
    (target / "Packages").write_text("\n".join(entries))


def _make(package: Package, target: Path) -> str:
    tree = target / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(package.control())
    (tree / "usr/bin").mkdir(parents=True)
    if package.program:
        shutil.copyfile(package.program, tree / "usr/bin" / package.program.name)
        (tree / "usr/bin" / package.program.name).chmod(0o755)
    for path, aim in package.links:
        (tree / path).symlink_to(aim)
    archive = target / f"{package.name}.deb"
    run(("dpkg-deb", "-Zgzip", "--root-owner-group", "--build", tree, archive))
    shutil.rmtree(tree)
    content = archive.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return f"{package.control()}Filename: ./{archive.name}\nSize: {len(content)}\nSHA256: {digest}\n"


ANSWER_LIMIT_S: Final = 10.0
SIMPLE_JSON: Final = "application/vnd.pypi.simple.v1+json"  # PEP 691
# Poetry's two requests for a package, here for one that every index has, and a key of each answer.
QUESTIONS: Final = (("simple/pip/", "files"), ("pypi/pip/24.0/json", "info"))


def mirror_for_poetry(index: str) -> str:
    """Return `index` if Poetry needs the plugin to use it, else ""."""
    if not index.startswith(("http://", "https://")):
        return ""
    root = index.rstrip("/").removesuffix("/simple")
    return "" if all(_answers(f"{root}/{path}", key) for path, key in QUESTIONS) else index


def _answers(url: str, key: str) -> bool:
    request = urllib.request.Request(url, headers={"Accept": SIMPLE_JSON})  # noqa: S310 - http, checked above
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_LIMIT_S) as response:  # noqa: S310 - as above
            return key in json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return False
