"""An image that a Dockerfile gave, as the engine's `inspect` knows it: cheap, where `image.py` reads all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from checks.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Built:
    """`layers`: its diff ids (OCI image configuration, `rootfs`); `base_layers`: those of the lab's base.

    `reference`: the name by which the engine knows it. How large it is, only its layers tell (`image.py`): what
    `inspect` says is compressed or not, as the engine's image store has it.
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
        """The layers above the base; all of them when the image is not built on it."""
        return self.layers[len(self.base_layers) :] if self.is_on_base else self.layers

    @property
    def is_on_base(self) -> bool:
        """Whether the image is built on the lab's base."""
        return self.layers[: len(self.base_layers)] == self.base_layers
