"""A built image as the engine's `inspect` describes it: a cheap view, where `image.py` reads all layers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from checks.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Built:
    """A built image: `layers` are its diff ids (OCI image config, `rootfs`), `base_layers` the lab's base's.

    `reference`: its name in the engine. For the size, read the layers (`image.py`): `inspect` gives a compressed or
    uncompressed size, depending on the engine's image store.
    """

    reference: str
    environment: tuple[str, ...]
    layers: tuple[str, ...]
    base_layers: tuple[str, ...]

    @classmethod
    def of(cls, engine: "Engine", reference: str, base_layers: tuple[str, ...]) -> Self:
        """Ask the engine about an image."""
        facts: dict[str, Any] = engine.client.images.get(reference).attrs
        environment = tuple(facts["Config"].get("Env") or ())
        layers = tuple(facts["RootFS"].get("Layers") or ())
        return cls(reference, environment, layers, base_layers)

    @property
    def own_layers(self) -> tuple[str, ...]:
        """The layers above the base; all layers if the image is not built on it."""
        return self.layers[len(self.base_layers) :] if self.is_on_base else self.layers

    @property
    def is_on_base(self) -> bool:
        """Whether the image is built on the lab's base."""
        return self.layers[: len(self.base_layers)] == self.base_layers
