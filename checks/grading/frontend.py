"""`# syntax=` lets a Dockerfile name the program that reads it: an image that the engine pulls and runs.

Docker's own is fine: the newest one, since an old one has its bugs, and one of the `labs` more powers than are
wanted here. The embedded engine, which may have no registry to pull it from, reads the file with the one that it
has built in. Any other would decide for itself what is built, whatever the file says, and is never run.
"""

from collections.abc import Collection
from pathlib import Path

from checks.expect.failure import CheckFailed
from checks.parsing.directives import Directive, read_directives
from checks.parsing.image_reference import ImageReference
from checks.parsing.problems import Problems, Refused
from checks.parsing.source import decode

OFFICIAL = ("", "docker/dockerfile")  # on Docker Hub
NEWEST = "docker/dockerfile:1"
SHEBANG = "#!"


def settle_frontend(path: Path, name: str, *, built_in: bool) -> Collection[str]:
    """Raise `CheckFailed` for a foreign frontend; Docker's own becomes the newest one in the file at `path`.

    With `built_in` it is taken out. `name` is what a report calls the file. Every line but those of the directives
    keeps its number. Returns the image that is run, if one is.
    """
    text = decode(path.read_bytes(), path=name)  # a second build finds what the first one made of it
    directive = _syntax(text)
    if directive is None:
        return ()
    if not _is_official(directive.value):
        raise CheckFailed(
            "a Dockerfile that Docker itself reads",
            f"`# syntax={directive.value}`",
            "Take this line out, or write `# syntax=docker/dockerfile:1`: another program is never run here.",
            file=name,
            line=directive.line,
        )
    lines = path.read_bytes().split(b"\n")
    if built_in:
        path.write_bytes(b"\n".join(_without(directive.line, text, lines)))
        return ()
    lines[directive.line - 1] = f"# syntax={NEWEST}".encode()
    path.write_bytes(b"\n".join(lines))
    return (NEWEST,)


def _syntax(lines: tuple[str, ...]) -> Directive | None:
    """The directive as BuildKit finds it: behind a `#!` line too, which ends the others."""
    skipped = 1 if lines and lines[0].startswith(SHEBANG) else 0
    found = read_directives(lines[skipped:], Problems()).get("syntax")
    return found and Directive(found.name, found.value, found.line + skipped)


def _is_official(value: str) -> bool:
    try:
        image = ImageReference.parse(value.split(maxsplit=1)[0])
    except Refused:
        return False
    return (image.domain, image.path) == OFFICIAL


def _without(number: int, text: tuple[str, ...], lines: list[bytes]) -> list[bytes]:
    """The directives below move up by one, and a comment fills the gap: one in their midst would end them."""
    count = max(directive.line for directive in read_directives(text[number - 1 :], Problems()).values())
    end = number - 1 + count
    return [*lines[: number - 1], *lines[number:end], b"#", *lines[end:]]
