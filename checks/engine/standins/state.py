"""The state of the base images: the ids of those that we built or pulled, and the registries that do not answer.

We keep it in files that no submission can write, since a student's Dockerfile could forge labels.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# Long enough to grade a class without asking again, short enough to notice when the network comes back.
SILENCE_S: Final = 600.0
# Asking the host's apt and pip for their settings takes seconds; they seldom change between two gradings.
RECENT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class State:
    """Small JSON files in the engine's directory; a damaged one counts as empty."""

    directory: Path

    def recipe_image(self, recipe: str) -> str | None:
        """Return the id of the image built from the recipe with that digest, or None."""
        return self._read("recipes.json").get(recipe)

    def remember_recipe(self, recipe: str, image_id: str) -> None:
        self._write("recipes.json", {**self._read("recipes.json"), recipe: image_id})

    def pulled_image(self, name: str) -> str | None:
        """Return the id of the image that we pulled as `name`, or None."""
        return self._read("pulled.json").get(name)

    def remember_pulled(self, name: str, image_id: str) -> None:
        self._write("pulled.json", {**self._read("pulled.json"), name: image_id})

    def is_silent(self, registry: str) -> bool:
        """Whether that registry recently failed to answer."""
        since = self._read("silent.json").get(registry, 0.0)
        return 0 <= time.time() - float(since) < SILENCE_S

    def remember_silence(self, registry: str) -> None:
        self._write("silent.json", {**self._read("silent.json"), registry: time.time()})

    def recent_stand_in(self, name: str, recipes: str) -> str | None:
        """Return the id of a recent stand-in for `name`, or None if the recipes have another digest now."""
        known = self._read("recent.json").get(name, {})
        is_recent = 0 <= time.time() - float(known.get("at", 0.0)) < RECENT_S
        return known.get("image") if is_recent and known.get("recipes") == recipes else None

    def remember_stand_in(self, name: str, recipes: str, image_id: str) -> None:
        entry = {"recipes": recipes, "image": image_id, "at": time.time()}
        self._write("recent.json", {**self._read("recent.json"), name: entry})

    def _read(self, name: str) -> Mapping[str, Any]:
        try:
            found = json.loads((self.directory / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write atomically: to a temporary file, then rename it."""
        half_made = self.directory / f"{name}.new"
        half_made.write_text(json.dumps(content, indent=1))
        os.replace(half_made, self.directory / name)  # noqa: PTH105 - the atomic one, by name
