"""The image config and the history of an image, typed.

The form is that of the OCI image specification (config.md), with Docker's `Healthcheck` and `Shell`. The engine
sets the keys, a student the values: a value of another type than specified raises `ImageUnreadable`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from checks.evidence.image.byte_stream import ImageUnreadable

_NANOSECONDS = 1e9


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """A health check; `test` is `("CMD", ...)`, `("CMD-SHELL", text)` or `("NONE",)`, as in the image.

    Times are seconds; 0 stands for Docker's default.
    """

    test: tuple[str, ...]
    interval: float = 0.0
    timeout: float = 0.0
    start_period: float = 0.0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """The config of an image: `entrypoint` and `cmd` are None if not set; `exposed` are like `8000/tcp`."""

    env: Mapping[str, str]
    user: str
    entrypoint: tuple[str, ...] | None
    cmd: tuple[str, ...] | None
    workdir: str
    exposed: tuple[str, ...]
    labels: Mapping[str, str]
    volumes: tuple[str, ...]
    stop_signal: str
    shell: tuple[str, ...] | None
    healthcheck: Healthcheck | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One instruction in the image's history; `empty` if it made no layer."""

    created_by: str
    comment: str
    empty: bool


def image_config(document: Mapping[str, Any]) -> ImageConfig:
    """Return the `config` of an image's configuration document."""
    config = _typed(document.get("config"), dict, "config")
    pairs = (item.partition("=") for item in _strings(config.get("Env"), "Env") or ())
    labels = _typed(config.get("Labels"), dict, "Labels")
    return ImageConfig(
        env=MappingProxyType({name: value for name, _, value in pairs}),
        user=_typed(config.get("User"), str, "User"),
        entrypoint=_strings(config.get("Entrypoint"), "Entrypoint"),
        cmd=_strings(config.get("Cmd"), "Cmd"),
        workdir=_typed(config.get("WorkingDir"), str, "WorkingDir"),
        exposed=tuple(sorted(_typed(config.get("ExposedPorts"), dict, "ExposedPorts"))),
        labels=MappingProxyType({name: _typed(value, str, "Labels") for name, value in labels.items()}),
        volumes=tuple(sorted(_typed(config.get("Volumes"), dict, "Volumes"))),
        stop_signal=_typed(config.get("StopSignal"), str, "StopSignal"),
        shell=_strings(config.get("Shell"), "Shell"),
        healthcheck=_healthcheck(config.get("Healthcheck")),
    )


def image_history(document: Mapping[str, Any]) -> tuple[HistoryEntry, ...]:
    """Return the `history`, oldest first; () if the image has none."""
    entries = (_typed(entry, dict, "history") for entry in _typed(document.get("history"), list, "history"))
    return tuple(
        HistoryEntry(
            created_by=_typed(entry.get("created_by"), str, "created_by"),
            comment=_typed(entry.get("comment"), str, "comment"),
            empty=_typed(entry.get("empty_layer"), bool, "empty_layer"),
        )
        for entry in entries
    )


def diff_ids(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the digests of the uncompressed layers, lowest first."""
    return _strings(_typed(document.get("rootfs"), dict, "rootfs").get("diff_ids"), "diff_ids") or ()


def strings_of(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Yield every string of a JSON value, including keys, with its place (`config.Env[2]`)."""
    pending: list[tuple[object, str]] = [(value, place)]
    while pending:
        item, at = pending.pop()
        if isinstance(item, str):
            yield at, item
        elif isinstance(item, list):
            pending.extend((child, f"{at}[{index}]") for index, child in enumerate(item))
        elif isinstance(item, dict):
            yield from ((f"{at}.{key}", key) for key in item)
            pending.extend((child, f"{at}.{key}") for key, child in item.items())


def _healthcheck(value: object) -> Healthcheck | None:
    if value is None:
        return None
    check = _typed(value, dict, "Healthcheck")
    seconds = {
        key: _typed(check.get(key), int, key) / _NANOSECONDS for key in ("Interval", "Timeout", "StartPeriod")
    }
    return Healthcheck(
        test=_strings(check.get("Test"), "Test") or (),
        interval=seconds["Interval"],
        timeout=seconds["Timeout"],
        start_period=seconds["StartPeriod"],
        retries=_typed(check.get("Retries"), int, "Retries"),
    )


def _strings(value: object, key: str) -> tuple[str, ...] | None:
    """Return a list of strings as a tuple; None if it is absent, which Docker may write as null."""
    if value is None:
        return None
    return tuple(_typed(item, str, key) for item in _typed(value, list, key))


def _typed(value: object, wanted: type[Any], key: str) -> Any:
    """Return the value, or the empty value of its type if Docker omits it; raise ImageUnreadable for others."""
    if value is None:
        return wanted()
    if not isinstance(value, wanted):
        raise ImageUnreadable(f"the image's configuration has a {type(value).__name__} as {key}")
    return value
