"""Which generation of Debian an official image is made of, as far as its name tells: its tools differ."""

from checks.parsing.image_reference import ImageReference
from checks.parsing.problems import Refused

_CODE_NAMES = frozenset({"stretch", "buster", "bullseye", "bionic", "focal", "jammy"})
_RELEASES = {"debian": frozenset({"9", "10", "11"}), "ubuntu": frozenset({"18.04", "20.04", "22.04"})}
_PYTHONS = {"3.7": 16, "3.8": 16, "3.9": 16, "3.10": 11, "3.11": 3}  # the last of each that was on Debian 11


def is_older(base: str) -> bool:
    """Whether the image is from before Debian 12."""
    try:
        image = ImageReference.parse(base)
    except Refused:
        return False
    version, *variants = image.tag.split("-")
    if _CODE_NAMES & {version, *variants}:
        return True
    if image.path == "debian":
        return version.partition(".")[0] in _RELEASES["debian"]
    if image.path == "python":
        release, _, micro = version.rpartition(".")
        return micro.isdecimal() and int(micro[:3]) <= _PYTHONS.get(release, -1)
    return version in _RELEASES.get(image.path, ())
