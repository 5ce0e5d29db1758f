"""What an engine holds that the grader made: containers, images, networks and volumes, by their labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.ownership import MADE_LABEL, OWNER_LABEL, RUN_LABEL

if TYPE_CHECKING:
    from checks.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Belonging:
    """One object of the engine: the run and the owner it belongs to; `made` is in seconds since 1970."""

    engine: "Engine"
    kind: str
    id: str
    run: str
    owner: str
    made: float

    def remove(self) -> None:
        """Remove it; that it is gone already, or that somebody still uses it, is left to the next sweep."""
        from docker.errors import APIError

        api = self.engine.client.api
        try:
            match self.kind:
                case "container":
                    api.remove_container(self.id, force=True, v=True)
                case "image":
                    api.remove_image(self.id, force=True)
                case "network":
                    api.remove_network(self.id)
                case _:
                    api.remove_volume(self.id, force=True)
        except APIError:
            return


def belongings(engine: "Engine", label: str) -> Iterator[Belonging]:
    """Everything with this label (`key` or `key=value`), in an order in which it can be removed."""
    api, wanted = engine.client.api, {"label": label}
    yield from _of(engine, "container", "Id", api.containers(all=True, filters=wanted))
    yield from _of(engine, "image", "Id", api.images(all=True, filters=wanted))
    yield from _of(engine, "network", "Id", api.networks(filters=wanted))
    yield from _of(engine, "volume", "Name", api.volumes(filters=wanted)["Volumes"] or ())


def _of(engine: "Engine", kind: str, key: str, found: Any) -> Iterator[Belonging]:
    for entry in found:
        labels: Mapping[str, str] = entry.get("Labels") or {}
        run, owner = labels.get(RUN_LABEL, ""), labels.get(OWNER_LABEL, "")
        made = labels.get(MADE_LABEL, "")
        yield Belonging(engine, kind, entry[key], run, owner, float(made) if made.isdecimal() else 0.0)
