"""A trained model as data: we compute its predictions and never open its pickle.

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
    """A linear model: its version, its coefficients, and its pickle, unopened, where the grader hands one out."""

    version: str
    coefficients: tuple[float, ...]
    intercept: float
    pickle: bytes = b""

    def predict(self, features: Sequence[float]) -> float:
        """Return the prediction that the service must answer."""
        return self.intercept + sum(map(float.__mul__, self.coefficients, map(float, features)))

    def put(self, folder: Path, name: str = FILE) -> None:
        """Put the pickle into a folder of models, atomically, so that readers never see half of it."""
        fresh = folder / f"{name}.new"
        fresh.write_bytes(self.pickle)
        fresh.chmod(0o644)
        fresh.replace(folder / name)


def broken(size: int = 0) -> bytes:
    """Return a readable pickle that is not a model, with random words that a health check cannot look for.

    It is text in the oldest protocol, so that we do not need the `pickle` module. It has at least `size` bytes:
    what follows the end of a pickle is not read.
    """
    word = secrets.token_hex(secrets.choice(range(200, 600)))
    return f"(dp0\nS'{word}'\np1\nS'{word[::-1]}'\np2\ns.".encode().ljust(size, b"\0")
