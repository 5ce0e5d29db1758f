"""How a Compose file says that an image is built, and what it hands over as a file."""

from checks.parsing.compose.forms import FREE, HOSTS, PAIRS, TEXTS
from checks.parsing.compose.scalars import BOOL, BOOL_OR_TEXT, REAL, SIZE_OR_WHOLE, TEXT, WHOLE
from checks.parsing.compose.shapes import Either, Keys, ListOf, MapOf

MODE = Either((REAL, WHOLE))
GRANT = Either((TEXT, Keys({"source": TEXT, "target": TEXT, "uid": TEXT, "gid": TEXT, "mode": MODE})))
ULIMITS = MapOf(Either((WHOLE, Keys({"soft": WHOLE, "hard": WHOLE}, required=("soft", "hard")))))
BUILD = Either(
    (
        TEXT,
        Keys(
            {
                "context": TEXT, "dockerfile": TEXT, "dockerfile_inline": TEXT, "entitlements": TEXTS,
                "args": PAIRS, "ssh": PAIRS, "labels": PAIRS, "cache_from": TEXTS, "cache_to": TEXTS,
                "no_cache": BOOL, "additional_contexts": PAIRS, "network": TEXT, "provenance": BOOL_OR_TEXT,
                "sbom": BOOL_OR_TEXT, "pull": BOOL, "target": TEXT, "shm_size": SIZE_OR_WHOLE,
                "extra_hosts": HOSTS, "isolation": TEXT, "privileged": BOOL, "secrets": ListOf(GRANT),
                "tags": TEXTS, "ulimits": ULIMITS, "platforms": TEXTS,
            }
        ),
    )
)  # fmt: skip
BLKIO_LIMIT = Keys({"path": TEXT, "rate": SIZE_OR_WHOLE})
BLKIO_WEIGHT = Keys({"path": TEXT, "weight": WHOLE})
BLKIO = Keys(
    {
        "device_read_bps": ListOf(BLKIO_LIMIT), "device_read_iops": ListOf(BLKIO_LIMIT),
        "device_write_bps": ListOf(BLKIO_LIMIT), "device_write_iops": ListOf(BLKIO_LIMIT),
        "weight": WHOLE, "weight_device": ListOf(BLKIO_WEIGHT),
    }
)  # fmt: skip
CREDENTIALS = Keys({"config": TEXT, "file": TEXT, "registry": TEXT})
PROVIDER = Keys({"type": TEXT, "options": FREE}, required=("type",))
