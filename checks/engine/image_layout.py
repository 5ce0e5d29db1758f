"""An image as a folder in OCI's image layout, for programs that look into images.

`docker save` has written this layout since Engine 25, in both image stores. Its archive has layers packed and
unpacked beside each other where a base was loaded and the rest was built (containerd's store); the layout names
the form of each layer, and programs that take the archive may ask only the first.
"""

import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from checks.engine.engine import Engine

_PARTS: Final = re.compile(r"blobs/sha256/[0-9a-f]{64}|index\.json|oci-layout")
FILE, FOLDER = 0o644, 0o755  # whatever the umask: a container's user reads them


class ImageTooLarge(Exception):  # noqa: N818 - the image is the student's
    """The image is larger than the limit that was given."""


@contextmanager
def image_layout(engine: Engine, reference: str, folder: Path, most: int) -> Iterator[None]:
    """Write the image into `folder`, a new one, which is gone on exit; raise `ImageTooLarge` above `most` bytes."""
    archive = folder.with_suffix(".tar")
    try:
        _save(engine, reference, archive, most)
        _unpack(archive, folder)
        archive.unlink()
        yield
    finally:
        archive.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _save(engine: Engine, reference: str, archive: Path, most: int) -> None:
    written = 0
    with archive.open("wb") as file:
        for chunk in engine.client.api.get_image(reference):
            written += file.write(chunk)
            if written > most:
                raise ImageTooLarge


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack the files of the layout: the engine names them, by their digests."""
    with tarfile.open(archive) as packed:
        for member in packed:
            content = packed.extractfile(member) if _PARTS.fullmatch(member.name) else None
            if content is not None:
                path = folder / member.name
                path.parent.mkdir(FOLDER, parents=True, exist_ok=True)
                with path.open("wb") as file:
                    shutil.copyfileobj(content, file)
                path.chmod(FILE)
    for made in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        made.chmod(FOLDER)
