"""The recipes of the stand-ins: each a folder with a Dockerfile, the names it serves, and its parent."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RECIPES: Final = Path(__file__).parent / "recipes"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe: `names` are regular expressions for whole names, `parent` is a recipe or "" for the first."""

    folder: Path
    parent: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    def serves(self, image: str) -> bool:
        """Whether this recipe builds the stand-in for an image of that (familiar) name."""
        return any(re.fullmatch(pattern, image) for pattern in self.names)

    def content(self) -> bytes:
        """Return all its files as bytes for the digest, so that a changed recipe is built anew."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return b"\0".join(part for path in files for part in (path.name.encode(), path.read_bytes()))


def recipes() -> dict[str, Recipe]:
    """Return every recipe, by its name."""
    return {file.parent.name: _read(file) for file in sorted(RECIPES.glob("*/recipe.toml"))}


def digest_of_all() -> str:
    """Return the digest of all recipes, without the surroundings."""
    return hashlib.sha256(b"\0".join(recipe.content() for recipe in recipes().values())).hexdigest()


def recipe_for(image: str) -> Recipe | None:
    """Return the recipe that serves an image, or None."""
    return next((recipe for recipe in recipes().values() if recipe.serves(image)), None)


def _read(file: Path) -> Recipe:
    facts = tomllib.loads(file.read_text("utf-8"))
    return Recipe(file.parent, str(facts.get("parent", "")), tuple(facts["names"]))
