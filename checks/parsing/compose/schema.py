"""The keys of a Compose file, and what each takes, as the Compose Specification's JSON schema has them.

https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json, written down anew, together with
what Compose's own readers of text refuse. Where versions differ, it is the newest that is followed.
"""

import re
from collections.abc import Mapping

from checks.parsing.compose.forms import ANY, FREE, OPTIONS, PAIRS
from checks.parsing.compose.scalars import BOOL, NOTHING, TEXT
from checks.parsing.compose.schema_service import SERVICE
from checks.parsing.compose.shapes import Either, Keys, ListOf, MapOf, Shape

__all__ = ["FILE", "SERVICE"]

NAME = re.compile(r"[a-zA-Z0-9._-]+")

EXTERNAL = Either((BOOL, Keys({"name": TEXT})))
ADDRESSES = Keys({"subnet": TEXT, "ip_range": TEXT, "gateway": TEXT, "aux_addresses": MapOf(TEXT)})
IPAM = Keys({"driver": TEXT, "config": ListOf(ADDRESSES), "options": MapOf(TEXT)})
NETWORK = Keys(
    {
        "name": TEXT, "driver": TEXT, "driver_opts": OPTIONS, "ipam": IPAM, "external": EXTERNAL,
        "internal": BOOL, "enable_ipv4": BOOL, "enable_ipv6": BOOL, "attachable": BOOL, "labels": PAIRS,
    }
)  # fmt: skip
VOLUME = Keys({"name": TEXT, "driver": TEXT, "driver_opts": OPTIONS, "external": EXTERNAL, "labels": PAIRS})
_OF_FILES: Mapping[str, Shape] = {
    "name": TEXT, "environment": TEXT, "file": TEXT, "external": EXTERNAL, "labels": PAIRS,
    "template_driver": TEXT,
}  # fmt: skip
SECRET = Keys({**_OF_FILES, "driver": TEXT, "driver_opts": OPTIONS})
CONFIG = Keys({**_OF_FILES, "content": TEXT})
MODEL = Keys({"name": TEXT, "model": TEXT, "context_size": ANY, "runtime_flags": ANY}, required=("model",))

FILE: Shape = Keys(
    {
        "version": TEXT, "name": TEXT, "include": Either((NOTHING, ListOf(Either((TEXT, FREE))))),
        "services": MapOf(SERVICE, key=NAME), "networks": MapOf(Either((NOTHING, NETWORK))),
        "volumes": MapOf(Either((NOTHING, VOLUME)), key=NAME), "secrets": MapOf(SECRET, key=NAME),
        "configs": MapOf(CONFIG, key=NAME), "models": MapOf(MODEL),
    },
    required=("services",),
)  # fmt: skip
