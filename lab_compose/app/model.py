"""The model in use: loaded from its file, and again whenever that file is another one.

Unpickling runs whatever the file says, so it happens here alone: inside the container, on a file that was
mounted by the person who runs it.
"""

import logging
import pickle
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


class NotLoaded(Exception):  # noqa: N818 - a state of the service, not a fault
    """There is no model to ask; the message says why."""


@dataclass(frozen=True)
class Model:
    """What `trainer/train.py` wrote: an estimator of scikit-learn and its version."""

    version: str
    estimator: Any

    def predict(self, features: list[float]) -> float:
        """Ask for one prediction; ValueError when there are too few features or too many."""
        return float(self.estimator.predict([features])[0])


class ModelFile:
    """The file that the model is read from."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()  # one request loads, the others wait
        self._model: Model | None = None
        self._seen: tuple[int, int, int] | None = None

    def current(self) -> Model:
        """The model as the file has it now; raises `NotLoaded` when there is none that can be read."""
        with self._lock:
            try:
                status = self._path.stat()
            except OSError as missing:
                self._seen = None
                raise NotLoaded(f"no model at {self._path}") from missing
            seen = (status.st_ino, status.st_size, status.st_mtime_ns)
            if seen != self._seen:
                self._model, self._seen = self._load(), seen
            if self._model is None:
                raise NotLoaded(f"{self._path} cannot be loaded; the log says why")
            return self._model

    def _load(self) -> Model | None:
        try:
            with self._path.open("rb") as file:
                content = pickle.load(file)  # noqa: S301 - see above
            model = Model(str(content["version"]), content["estimator"])
        except Exception:  # a pickle can fail in any way
            log.exception("%s cannot be loaded", self._path)
            return None
        log.info("model %s loaded from %s", model.version, self._path)
        return model
