"""A trained model as data: what it predicts is computed, never asked of a pickle, and its pickle is never opened.

The trainer writes the coefficients beside the pickle (`model.json`), so arithmetic tells a right prediction from a
wrong one.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = "model.pkl"


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model: its version, what it computes, and its pickle, unopened."""

    version: str
    coefficients: tuple[float, ...]
    intercept: float
    pickle: bytes

    def predict(self, features: Sequence[float]) -> float:
        """What the service must answer."""
        return self.intercept + sum(map(float.__mul__, self.coefficients, map(float, features)))

    def put(self, folder: Path, name: str = FILE) -> None:
        """Put it into a folder of models, in one step: nobody ever reads half of it."""
        fresh = folder / f"{name}.new"
        fresh.write_bytes(self.pickle)
        fresh.chmod(0o644)
        fresh.replace(folder / name)


def broken() -> bytes:
    """A pickle that can be read and is no model. Its words are new each time: no health check can look for them.

    Written down in the oldest protocol, so that nothing need be pickled here.
    """
    word = secrets.token_hex(secrets.choice(range(200, 600)))
    return f"(dp0\nS'{word}'\np1\nS'{word[::-1]}'\np2\ns.".encode()
