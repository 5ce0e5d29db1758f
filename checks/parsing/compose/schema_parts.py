"""The schema below a service: `build`, secrets and configs, `deploy`, resources and health checks."""

from collections.abc import Mapping

from checks.parsing.compose.scalars import (
    BOOL,
    BOOL_OR_TEXT,
    COMMAND_TEXT,
    COUNT,
    DURATION,
    HOST,
    LABEL,
    MODE,
    NOTHING,
    NUMBER,
    OPTION,
    RETRIES,
    SIZE_OR_WHOLE,
    SIZE_TEXT,
    TEXT,
    WHOLE,
    WHOLE_OR_REAL,
    one_of,
)
from checks.parsing.compose.shapes import Anything, Either, Keys, ListOf, MapOf, Shape

ANY = Anything()
TEXTS = ListOf(TEXT)
DISTINCT = ListOf(TEXT, unique=True)  # for keys where Compose refuses duplicates
TEXT_OR_TEXTS = Either((TEXT, TEXTS))
COMMAND = Either((NOTHING, COMMAND_TEXT, TEXTS))
PAIRS = Either((MapOf(LABEL), TEXTS))
OPTIONS = MapOf(OPTION)
HOSTS = Either((MapOf(TEXT_OR_TEXTS), ListOf(HOST, unique=True)))
FREE = MapOf(ANY)
HOOK = Keys(
    {"command": COMMAND, "user": TEXT, "privileged": ANY, "working_dir": TEXT, "environment": PAIRS},
    required=("command",),
)


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


ALL_OR_COUNT = Either((WHOLE, one_of("all")))
DEVICE: Mapping[str, Shape] = {
    "capabilities": TEXTS, "count": ALL_OR_COUNT, "device_ids": TEXTS, "driver": TEXT, "options": PAIRS,
}  # fmt: skip
DEVICES = ListOf(Keys(DEVICE, required=("capabilities",)))
GPUS = Either((one_of("all"), ListOf(Keys(DEVICE))))
LIMITS = Keys({"cpus": NUMBER, "memory": SIZE_TEXT, "pids": WHOLE})
GENERIC = ListOf(Keys({"discrete_resource_spec": Keys({"kind": TEXT, "value": WHOLE_OR_REAL})}))
RESERVATIONS = Keys({"cpus": NUMBER, "memory": SIZE_TEXT, "generic_resources": GENERIC, "devices": DEVICES})
ROLLOUT = Keys(
    {
        "parallelism": WHOLE, "delay": DURATION, "failure_action": TEXT, "monitor": DURATION,
        "max_failure_ratio": NUMBER, "order": one_of("start-first", "stop-first"),
    }
)  # fmt: skip
DEPLOY = Keys(
    {
        "mode": TEXT, "endpoint_mode": TEXT, "replicas": COUNT, "labels": PAIRS, "rollback_config": ROLLOUT,
        "update_config": ROLLOUT, "resources": Keys({"limits": LIMITS, "reservations": RESERVATIONS}),
        "restart_policy": Keys(
            {"condition": TEXT, "delay": DURATION, "max_attempts": WHOLE, "window": DURATION}
        ),
        "placement": Keys(
            {
                "constraints": TEXTS, "preferences": ListOf(Keys({"spread": TEXT})),
                "max_replicas_per_node": WHOLE,
            }
        ),
    }
)  # fmt: skip
HEALTHCHECK = Keys(
    {
        "disable": BOOL, "interval": DURATION, "retries": RETRIES, "test": TEXT_OR_TEXTS,
        "timeout": DURATION, "start_period": DURATION, "start_interval": DURATION,
    }
)  # fmt: skip
