"""Assertions about the inventory of an image (an SBOM): its packages are those that are installed."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from checks.expect.pinning import INSTALLERS
from checks.expect.scans import shown, some, versions
from checks.expect.service import same_version
from checks.outcomes import CheckFailed

if TYPE_CHECKING:
    from checks.parsing.scans.inventory import Inventory


def inventory_is_of(
    inventory: "Inventory", installed: Mapping[str, frozenset[str]], base: Collection[str] = ()
) -> None:
    """Assert that the inventory lists the Python packages of the image, no other, each in its version.

    `installed`: `installed(image.own_layers)` of `checks.evidence.image.contents`. Names in `base` are not
    compared, and neither are installers: they come with the base and with `python -m venv`, in other versions on
    another day.
    """
    aside = {*base, *INSTALLERS}
    listed, there = (_without_names(found, aside) for found in (inventory.packages, installed))
    stories = list(_differences(listed, there))
    if stories or not installed:
        raise CheckFailed(
            "an inventory with the Python packages of the image, each in its version",
            "\n".join(some(stories)) or "the image has no Python package",
            "Make the inventory from the image that you hand in, after its last build.",
        )


def _without_names(
    found: Mapping[str, frozenset[str]], names: Collection[str]
) -> Mapping[str, frozenset[str]]:
    return {name: versions for name, versions in found.items() if name not in names}


def _differences(
    listed: Mapping[str, frozenset[str]], installed: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for name in sorted({*listed, *installed}):
        said, there = listed.get(name, frozenset()), installed.get(name, frozenset())
        if absent := _without(there, said):
            yield f"the image has {name} {versions(absent)}, and the inventory {_instead(name, said)}"
        elif more := _without(said, there):
            yield f"the inventory has {shown(name)} {versions(more)}, and the image {_instead(name, there)}"


def _without(these: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Return the versions that none of the others equals."""
    return frozenset(one for one in these if not any(same_version(one, other) for other in others))


def _instead(name: str, there: frozenset[str]) -> str:
    return f"{name} {versions(there)}" if there else "has no such package"
