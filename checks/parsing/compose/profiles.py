"""Profiles: a service that has some is started only where one of them is asked for."""

from collections.abc import Mapping

from checks.parsing.compose.model import Service


def enabled(services: Mapping[str, Service], asked: str) -> frozenset[str]:
    """The services that `docker compose up` starts; `asked` is COMPOSE_PROFILES, `a,b`, or `*` for all."""
    profiles = {profile.strip() for profile in asked.split(",")} - {""}
    return frozenset(
        name
        for name, service in services.items()
        if not service.profiles or "*" in profiles or not profiles.isdisjoint(service.profiles)
    )
