"""The keys of a Compose file and of its services, and the values that each accepts.

Source: the JSON schema of the Compose Specification (compose-spec/compose-spec on GitHub,
schema/compose-spec.json), and the texts that Compose's parsers refuse. Where versions differ, the newest counts.
"""

import re
from collections.abc import Mapping

from checks.parsing.compose.scalars import (
    ADDRESS,
    BOOL,
    CONTAINER_NAME,
    COUNT,
    DURATION,
    EXPOSED,
    LOG_OPTION,
    MOUNT,
    NOTHING,
    NUMBER,
    OOM_SCORE,
    OPTION,
    PERCENT,
    PORT,
    PUBLISHED,
    PULL_POLICY,
    REAL,
    RESTARTS,
    SIZE,
    SIZE_NOT_BELOW_0,
    SIZE_OR_WHOLE,
    STRICT_BOOL,
    TARGET,
    TEXT,
    WHOLE,
    WHOLE_OR_REAL,
    one_of,
)
from checks.parsing.compose.schema_parts import (
    ANY,
    BLKIO,
    BUILD,
    COMMAND,
    CREDENTIALS,
    DEPLOY,
    DISTINCT,
    FREE,
    GPUS,
    GRANT,
    HEALTHCHECK,
    HOOK,
    HOSTS,
    OPTIONS,
    PAIRS,
    PROVIDER,
    TEXT_OR_TEXTS,
    TEXTS,
    ULIMITS,
)
from checks.parsing.compose.shapes import Either, Keys, ListOf, MapOf, Shape

ENV_FILE = Either((TEXT, Keys({"path": TEXT, "required": BOOL, "format": one_of("raw")}, required=("path",))))
LONG_PORT = Keys(
    {
        "name": TEXT, "mode": TEXT, "host_ip": ADDRESS, "target": TARGET, "published": PUBLISHED,
        "protocol": TEXT, "app_protocol": TEXT,
    },
    required=("target",),
)  # fmt: skip
LONG_MOUNT = Keys(
    {
        "type": one_of("bind", "volume", "tmpfs", "cluster", "npipe", "image"), "source": TEXT,
        "target": TEXT, "read_only": BOOL, "consistency": TEXT,
        "bind": Keys(
            {
                "propagation": TEXT, "create_host_path": BOOL, "selinux": one_of("z", "Z"),
                "recursive": one_of("enabled", "disabled", "writable", "readonly"),
            }
        ),
        "volume": Keys({"labels": PAIRS, "nocopy": BOOL, "subpath": TEXT}),
        "tmpfs": Keys({"size": SIZE_NOT_BELOW_0, "mode": REAL}), "image": Keys({"subpath": TEXT}),
    },
    required=("type", "target"),
)  # fmt: skip
CONDITION = one_of("service_started", "service_healthy", "service_completed_successfully")
DEPENDENCY = Keys({"condition": CONDITION, "restart": BOOL, "required": STRICT_BOOL}, required=("condition",))
ON_NETWORK = Keys(
    {
        "aliases": TEXTS, "ipv4_address": TEXT, "ipv6_address": TEXT, "link_local_ips": TEXTS,
        "mac_address": TEXT, "driver_opts": OPTIONS, "priority": REAL, "gw_priority": REAL,
        "interface_name": TEXT,
    }
)  # fmt: skip
OF_MODEL = Keys({"endpoint_var": TEXT, "model_var": TEXT})
DEVICE = Either((TEXT, Keys({"source": TEXT, "target": TEXT, "permissions": TEXT}, required=("source",))))
WATCH = Keys(
    {
        "ignore": TEXT_OR_TEXTS, "include": TEXT_OR_TEXTS, "path": TEXT, "target": TEXT, "exec": HOOK,
        "action": one_of("rebuild", "sync", "restart", "sync+restart", "sync+exec"), "initial_sync": BOOL,
    },
    required=("path", "action"),
)  # fmt: skip

SERVICE = Keys(
    {
        "annotations": PAIRS, "attach": BOOL, "blkio_config": BLKIO, "build": BUILD, "cap_add": TEXTS,
        "cap_drop": TEXTS, "cgroup": one_of("host", "private"), "cgroup_parent": TEXT, "command": COMMAND,
        "configs": ListOf(GRANT), "container_name": CONTAINER_NAME, "cpu_count": COUNT,
        "cpu_percent": PERCENT, "cpu_period": WHOLE_OR_REAL, "cpu_quota": WHOLE_OR_REAL,
        "cpu_rt_period": WHOLE_OR_REAL, "cpu_rt_runtime": WHOLE_OR_REAL, "cpu_shares": NUMBER,
        "cpus": NUMBER, "cpuset": TEXT, "credential_spec": CREDENTIALS,
        "depends_on": Either((DISTINCT, MapOf(DEPENDENCY))), "deploy": Either((NOTHING, DEPLOY)),
        "develop": Either((NOTHING, Keys({"watch": ListOf(WATCH)}))), "device_cgroup_rules": DISTINCT,
        "devices": ListOf(DEVICE), "dns": TEXT_OR_TEXTS, "dns_opt": TEXTS, "dns_search": TEXT_OR_TEXTS,
        "domainname": TEXT, "entrypoint": COMMAND, "env_file": Either((TEXT, ListOf(ENV_FILE))),
        "environment": PAIRS, "expose": ListOf(EXPOSED),
        "extends": Either((TEXT, Keys({"service": TEXT, "file": TEXT}, required=("service",)))),
        "external_links": DISTINCT, "extra_hosts": HOSTS, "gpus": GPUS,
        "group_add": ListOf(OPTION, unique=True), "healthcheck": HEALTHCHECK, "hostname": TEXT,
        "image": TEXT, "init": BOOL, "ipc": TEXT, "isolation": TEXT, "label_file": TEXT_OR_TEXTS,
        "labels": PAIRS, "links": TEXTS, "logging": Keys({"driver": TEXT, "options": MapOf(LOG_OPTION)}),
        "mac_address": TEXT, "mem_limit": SIZE, "mem_reservation": SIZE_OR_WHOLE, "mem_swappiness": WHOLE,
        "memswap_limit": SIZE, "models": Either((DISTINCT, MapOf(Either((NOTHING, OF_MODEL))))),
        "network_mode": TEXT,
        "networks": Either((DISTINCT, MapOf(Either((NOTHING, ON_NETWORK))))), "oom_kill_disable": BOOL,
        "oom_score_adj": OOM_SCORE, "pid": Either((NOTHING, TEXT)), "pids_limit": NUMBER, "platform": TEXT,
        "ports": ListOf(Either((PORT, LONG_PORT))), "post_start": ListOf(HOOK), "pre_stop": ListOf(HOOK),
        "privileged": BOOL, "profiles": TEXTS, "provider": PROVIDER, "pull_policy": PULL_POLICY,
        "pull_refresh_after": TEXT, "read_only": BOOL, "restart": RESTARTS, "runtime": TEXT, "scale": COUNT,
        "secrets": ListOf(GRANT), "security_opt": DISTINCT, "shm_size": SIZE, "stdin_open": BOOL,
        "stop_grace_period": DURATION, "stop_signal": TEXT, "storage_opt": FREE, "sysctls": PAIRS,
        "tmpfs": TEXT_OR_TEXTS, "tty": BOOL, "ulimits": ULIMITS, "use_api_socket": BOOL, "user": TEXT,
        "userns_mode": TEXT, "uts": TEXT, "volumes": ListOf(Either((MOUNT, LONG_MOUNT))),
        "volumes_from": DISTINCT, "working_dir": TEXT,
    }
)  # fmt: skip


__all__ = ["FILE", "SERVICE"]

NAME = re.compile(r"[a-zA-Z0-9._-]+")

EXTERNAL = Either((BOOL, Keys({"name": TEXT})))
EXTERNAL_FILE = Either((BOOL, Keys({"name": TEXT}, is_open=True)))
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
    "name": TEXT, "environment": TEXT, "file": TEXT, "external": EXTERNAL_FILE, "labels": PAIRS,
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
