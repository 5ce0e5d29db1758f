"""Inventories of an image (SBOM) in CycloneDX's JSON or SPDX's: the Python packages that they list.

A package is one of Python's if its package URL says so (`pkg:pypi/flask@3.0.0`), which both formats carry.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import unquote

from packaging.utils import canonicalize_name
from pydantic import Field
from pydantic.alias_generators import to_camel

from checks.parsing.text.json_file import Listed, keys, read_json
from checks.parsing.text.problems import ParseError

PYPI: Final = "pkg:pypi/"
CYCLONE_DX: Final = "CycloneDX"
SPDX_2: Final = "SPDX-2."


@dataclass(frozen=True, slots=True)
class Inventory:
    """An inventory: its format's name, and the versions of each Python package by normalised name."""

    format: str
    packages: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a document, whose keys are the fields' names in camel case."""

    __pydantic_config__ = keys(to_camel)


@dataclass(frozen=True, slots=True)
class _Component(_Part):
    """A component of CycloneDX, which may consist of others."""

    purl: str = ""
    components: "Listed[_Component]" = ()


@dataclass(frozen=True, slots=True)
class _Reference(_Part):
    """A reference from a package of SPDX; package URLs have the type `purl`."""

    reference_type: str = ""
    reference_locator: str = ""


@dataclass(frozen=True, slots=True)
class _Package(_Part):
    external_refs: Listed[_Reference] = ()


@dataclass(frozen=True, slots=True)
class _Document(_Part):
    """A document in either format: one has `bomFormat` and `components`, the other `spdxVersion` and `packages`."""

    bom_format: str = ""
    components: Listed[_Component] = ()
    spdx_version: Annotated[str, Field(alias="spdxVersion")] = ""
    packages: Listed[_Package] = ()


def parse_inventory(data: bytes, path: str) -> Inventory:
    """Parse an inventory; `path` is its name for messages. Raises ParseError."""
    document = read_json(_Document, data, path)
    if document.bom_format == CYCLONE_DX:
        return Inventory(CYCLONE_DX, _packages(_purls(document.components)))
    if document.spdx_version.startswith(SPDX_2):
        references = (each for package in document.packages for each in package.external_refs)
        purls = (each.reference_locator for each in references if each.reference_type == "purl")
        return Inventory(document.spdx_version, _packages(purls))
    raise ParseError(
        f"{path} is neither CycloneDX (`bomFormat`) nor SPDX 2 (`spdxVersion`): Syft writes them with "
        "`--output cyclonedx-json` and `--output spdx-json`"
    )


def _purls(components: Iterable[_Component]) -> Iterator[str]:
    for component in components:
        yield component.purl
        yield from _purls(component.components)


def _packages(purls: Iterable[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for purl in purls:
        if purl.startswith(PYPI):
            name, _, version = purl.removeprefix(PYPI).partition("#")[0].partition("?")[0].partition("@")
            found.setdefault(canonicalize_name(unquote(name)), set()).add(unquote(version))
    return {name: frozenset(versions) for name, versions in found.items()}
