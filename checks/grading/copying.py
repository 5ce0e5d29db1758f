"""The copies of files that a project's services mount: made before the first boot, removed after the last."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from checks.engine.project.copies import Copies
from checks.engine.project.document import Document
from checks.engine.project.helpers import empty
from checks.evidence.submission.safe_write import disguise, overwrite
from checks.grading.normalized import NormalizedProject
from checks.grading.scratch import remove_tree

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

Keep = Callable[[Sequence[NormalizedProject], Sequence[Document]], tuple[Copies, list[Document]]]


def place_of_copies(root: Path) -> Path:
    """Return the folder for the copies of a workspace's files, which is beside the workspace."""
    return root.with_name(f"{root.name}-mounted")


@contextmanager
def copied(evidence: "LabEvidence") -> Iterator[Keep]:
    """Yield a function that copies the mounted files of these forms, and returns documents that mount the copies.

    Enter it before the project, so that the containers are gone when it removes the copies.
    """
    root = evidence.workspace().root
    place = place_of_copies(root)

    def keep(
        forms: Sequence[NormalizedProject], documents: Sequence[Document]
    ) -> tuple[Copies, list[Document]]:
        copies = Copies.of(root, place, documents)
        each = zip(forms, documents, strict=True)
        return copies, [copies.mounted(document, form.variables) for form, document in each]

    try:
        yield keep
    finally:
        if place.exists() and not remove_tree(place):
            engine, run = evidence.engines.ready()
            base = evidence.engines.base(evidence.lab.image.base).image_id
            empty(engine, run, base, place)
            remove_tree(place)


def write_copies(copies: Copies, relative: str, data: bytes) -> None:
    """Overwrite a file of the folder in all copies that hold it; raise `Refused` if that is unsafe."""
    for folder in copies.holding(relative):
        overwrite(folder, relative, data)


def disguise_copies(copies: Copies, relative: str, data: bytes) -> None:
    """Overwrite a file in all copies so that it looks unchanged; raise `Refused` if that is unsafe."""
    for folder in copies.holding(relative):
        disguise(folder, relative, data)
