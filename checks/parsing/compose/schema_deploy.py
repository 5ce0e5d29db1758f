"""How a Compose file says what a service may use, how it is rolled out, and when it is well."""

from collections.abc import Mapping

from checks.parsing.compose.forms import PAIRS, TEXT_OR_TEXTS, TEXTS
from checks.parsing.compose.scalars import (
    BOOL,
    COUNT,
    DURATION,
    NUMBER,
    RETRIES,
    SIZE_TEXT,
    TEXT,
    WHOLE,
    WHOLE_OR_REAL,
    one_of,
)
from checks.parsing.compose.shapes import Either, Keys, ListOf, Shape

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
