"""One requirement as pip takes it: a specifier, a URL or a path; and whether it is pinned."""

import re
from dataclasses import dataclass

from packaging.requirements import Requirement as Specifier
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

MAX_LINE = 20_000  # characters of one requirement

_URL = re.compile(r"(?:[a-z]+\+)?(?:https?|ftp|file|ssh|git)://|[a-z]+\+[a-z]+:|file:", re.IGNORECASE)
_PATH = re.compile(r"\.{0,2}/|\.{1,2}(?:\[|$)|~/")
_ARCHIVES = (".whl", ".tar.gz", ".zip")
_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*[\[=<>!~]")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:$|[#?])")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_URL_HASH = re.compile(r"[#&](?:sha256|sha384|sha512)=[0-9a-f]{64,}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing to install. `name` is normalised (PEP 503), empty for a path or URL that tells none.

    `version` is the exact one that it asks for, or empty. `reason` says why it cannot be read; such a one
    is kept as it was written in `raw`, with its name if that is plain. `line` is that of its file.
    """

    raw: str
    line: int = 1
    name: str = ""
    extras: frozenset[str] = frozenset()
    specifier: str = ""
    version: str = ""
    url: str = ""
    marker: str = ""
    hashes: tuple[str, ...] = ()
    editable: bool = False
    reason: str = ""

    @property
    def pinned(self) -> bool:
        """Whether it can only ever mean one version: `==`, `===`, a hash, a wheel's name or a full commit."""
        exact_url = bool(_COMMIT.search(self.url) if "+" in self.url else _URL_HASH.search(self.url))
        return not self.reason and bool(self.version or self.hashes or exact_url)


def parse_requirement(text: str, *, line: int = 1) -> Requirement:
    """One requirement as pip takes it: a specifier, a URL, or a path. Never raises."""
    text = text.strip()
    if len(text) > MAX_LINE:
        reason = f"it has {len(text)} characters; more than {MAX_LINE} are not read"
        return Requirement(text[:100], line, reason=reason)
    bare = text.partition("[")[0].partition(" ;")[0]
    if _URL.match(text) or _PATH.match(text) or (bare.endswith(_ARCHIVES) and "@" not in bare):
        return _located(text, line)
    try:
        specifier = Specifier(text)
    except (ValueError, RecursionError) as error:  # packaging's own error is a ValueError
        named = _NAMED.match(text)
        reason = str(error).partition("\n")[0] or "it cannot be read"
        return Requirement(text, line, canonicalize_name(named[1]) if named else "", reason=reason)
    return Requirement(
        raw=text,
        line=line,
        name=canonicalize_name(specifier.name),
        extras=frozenset(canonicalize_name(extra) for extra in specifier.extras),
        specifier=str(specifier.specifier),
        version=_exact(specifier) or _named_version(specifier.url or "")[1],
        url=specifier.url or "",
        marker=str(specifier.marker or ""),
    )


def _exact(specifier: Specifier) -> str:
    """The version behind `==` or `===`; a wildcard is none."""
    exact = [one.version for one in specifier.specifier if one.operator in {"==", "==="}]
    return next((version for version in exact if not version.endswith(".*")), "")


def _located(text: str, line: int) -> Requirement:
    """A URL or a path; its name is that of the wheel or source archive, or of `#egg=`."""
    where = text.partition(" ;")[0]
    name, version = _named_version(where)
    egg = _EGG.search(where)
    name = name or (canonicalize_name(egg[1]) if egg else "")
    return Requirement(text, line, name, version=version, url=where)


def _named_version(where: str) -> tuple[str, str]:
    """Name and version in the name of a wheel or a source archive."""
    filename = where.partition("#")[0].partition("?")[0].rsplit("/", 1)[-1]
    try:
        if filename.endswith(".whl"):
            name, version, *_ = parse_wheel_filename(filename)
        else:
            name, version = parse_sdist_filename(filename)
    except ValueError:  # both of packaging's own errors are ValueErrors
        return "", ""
    return name, str(version)
