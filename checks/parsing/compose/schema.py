"""The keys of a Compose file, and what each takes, as the Compose Specification's JSON schema has them.

https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json, written down anew: only the
kinds of values and the forms that are worth a message of their own. What the course never touches is taken
as it is.
"""

import re

from checks.parsing.compose.shapes import Anything, Either, Keys, ListOf, MapOf, Scalar, Shape
from checks.parsing.compose.values import seconds, short_mount, short_port, size_in_bytes

NAME = re.compile(r"[a-zA-Z0-9._-]+")
RESTART = re.compile(r"no|always|unless-stopped|on-failure(:\d{1,9})?")
_NUMBER = re.compile(r"[-+]?\d{1,20}(\.\d{1,20})?")
_WHOLE = re.compile(r"[-+]?\d{1,20}")
_TRUTH = re.compile(r"(?i:true|false|yes|no|on|off|y|n|1|0|t|f)")


ANY = Anything()
TEXT = Scalar("text", (str,))
LABEL = Scalar("text, a number, true or false, or nothing", (str, int, float, bool, type(None)))
NOTHING = Scalar("nothing", (type(None),))
BOOL = Scalar("true or false", (bool,), lambda text: _TRUTH.fullmatch(text) is not None)
NUMBER = Scalar("a number", (int, float), lambda text: _NUMBER.fullmatch(text) is not None)
WHOLE = Scalar("a whole number", (int,), lambda text: _WHOLE.fullmatch(text) is not None)
SIZE = Scalar("a size, like `512m`", (str, int), lambda text: size_in_bytes(text) is not None or text == "-1")
DURATION = Scalar("a duration with its unit, like `10s`", (str,), lambda text: seconds(text) is not None)
PORT = Scalar('a port, like `"8000:8000"`', (str, int), lambda text: short_port(text, 0) is not None)
MOUNT = Scalar(
    "text", (str,), lambda text: bool(short_mount(text).target), "a mount, like `./here:/there:ro`"
)
RESTARTS = Scalar(
    "text",
    (str,),
    lambda text: RESTART.fullmatch(text) is not None,
    'one of `"no"`, `always`, `on-failure`, `on-failure:3`, `unless-stopped`',
)

TEXTS = ListOf(TEXT)
TEXT_OR_TEXTS = Either((TEXT, TEXTS))
COMMAND = Either((NOTHING, TEXT, TEXTS))
PAIRS = Either((MapOf(LABEL), ListOf(TEXT)))
BOOL_OR_TEXT = Scalar("true, false or text", (bool, str))
FREE = MapOf(ANY)

GRANT = Either(
    (
        TEXT,
        Keys({"source": TEXT, "target": TEXT, "uid": LABEL, "gid": LABEL, "mode": LABEL}),
    )
)
ENV_FILE_ENTRY = Either((TEXT, Keys({"path": TEXT, "required": BOOL, "format": TEXT}, required=("path",))))
LIMITS = Keys({"cpus": NUMBER, "memory": SIZE, "pids": WHOLE})
RESERVATIONS = Keys({"cpus": NUMBER, "memory": SIZE, "generic_resources": ANY, "devices": ANY})

BUILD = Either(
    (
        TEXT,
        Keys(
            {
                "context": TEXT, "dockerfile": TEXT, "dockerfile_inline": TEXT, "entitlements": TEXTS,
                "args": PAIRS, "ssh": PAIRS, "labels": PAIRS, "cache_from": TEXTS, "cache_to": TEXTS,
                "no_cache": BOOL, "additional_contexts": PAIRS, "network": TEXT, "provenance": BOOL_OR_TEXT,
                "sbom": BOOL_OR_TEXT, "pull": BOOL, "target": TEXT, "shm_size": SIZE, "extra_hosts": PAIRS,
                "isolation": TEXT, "privileged": BOOL, "secrets": ListOf(GRANT), "tags": TEXTS,
                "ulimits": FREE, "platforms": TEXTS, "no_cache_filter": TEXT_OR_TEXTS,
            }
        ),
    )
)  # fmt: skip
HEALTHCHECK = Keys(
    {
        "disable": BOOL, "interval": DURATION, "retries": WHOLE, "test": TEXT_OR_TEXTS, "timeout": DURATION,
        "start_period": DURATION, "start_interval": DURATION,
    }
)  # fmt: skip
DEPLOY = Keys(
    {
        "mode": TEXT, "endpoint_mode": TEXT, "replicas": WHOLE, "labels": PAIRS, "rollback_config": FREE,
        "update_config": FREE, "placement": FREE, "restart_policy": FREE,
        "resources": Keys({"limits": LIMITS, "reservations": RESERVATIONS}),
    }
)  # fmt: skip
LONG_PORT = Keys(
    {
        "name": TEXT, "mode": TEXT, "host_ip": TEXT, "target": WHOLE, "published": PORT, "protocol": TEXT,
        "app_protocol": TEXT,
    },
    required=("target",),
)  # fmt: skip
LONG_MOUNT = Keys(
    {
        "type": TEXT, "source": TEXT, "target": TEXT, "read_only": BOOL, "consistency": TEXT,
        "bind": Keys(
            {"propagation": TEXT, "create_host_path": BOOL, "recursive": TEXT, "selinux": TEXT}
        ),
        "volume": Keys({"labels": PAIRS, "nocopy": BOOL, "subpath": TEXT}),
        "tmpfs": Keys({"size": SIZE, "mode": LABEL}), "image": FREE,
    },
    required=("type",),
)  # fmt: skip
DEPENDENCY = Keys({"condition": TEXT, "restart": BOOL, "required": BOOL}, required=("condition",))
NETWORK_ALIAS = Either(
    (
        NOTHING,
        Keys(
            {
                "aliases": TEXTS, "ipv4_address": TEXT, "ipv6_address": TEXT, "link_local_ips": TEXTS,
                "mac_address": TEXT, "driver_opts": FREE, "priority": NUMBER, "gw_priority": NUMBER,
                "interface_name": TEXT,
            }
        ),
    )
)  # fmt: skip

SERVICE = Keys(
    {
        "annotations": PAIRS, "attach": BOOL, "blkio_config": FREE, "build": BUILD, "cap_add": TEXTS,
        "cap_drop": TEXTS, "cgroup": TEXT, "cgroup_parent": TEXT, "command": COMMAND,
        "configs": ListOf(GRANT), "container_name": TEXT, "cpu_count": WHOLE, "cpu_percent": NUMBER,
        "cpu_period": LABEL, "cpu_quota": LABEL, "cpu_rt_period": LABEL, "cpu_rt_runtime": LABEL,
        "cpu_shares": NUMBER, "cpus": NUMBER, "cpuset": TEXT, "credential_spec": FREE,
        "depends_on": Either((TEXTS, MapOf(DEPENDENCY))), "deploy": Either((NOTHING, DEPLOY)),
        "develop": Either((NOTHING, FREE)), "device_cgroup_rules": TEXTS, "devices": ListOf(ANY),
        "dns": TEXT_OR_TEXTS, "dns_opt": TEXTS, "dns_search": TEXT_OR_TEXTS, "domainname": TEXT,
        "entrypoint": COMMAND, "env_file": Either((TEXT, ListOf(ENV_FILE_ENTRY))), "environment": PAIRS,
        "expose": ListOf(PORT), "extends": Either((TEXT, Keys({"service": TEXT, "file": TEXT}))),
        "external_links": TEXTS, "extra_hosts": PAIRS, "gpus": ANY, "group_add": ListOf(LABEL),
        "healthcheck": HEALTHCHECK, "hostname": TEXT, "image": TEXT, "init": BOOL, "ipc": TEXT,
        "isolation": TEXT, "label_file": TEXT_OR_TEXTS, "labels": PAIRS, "links": TEXTS,
        "logging": Keys({"driver": TEXT, "options": MapOf(LABEL)}), "mac_address": TEXT, "mem_limit": SIZE,
        "mem_reservation": SIZE, "mem_swappiness": WHOLE, "memswap_limit": SIZE, "models": ANY,
        "network_mode": TEXT, "networks": Either((TEXTS, MapOf(NETWORK_ALIAS))), "oom_kill_disable": BOOL,
        "oom_score_adj": WHOLE, "pid": TEXT, "pids_limit": NUMBER, "platform": TEXT,
        "ports": ListOf(Either((PORT, LONG_PORT))), "post_start": ListOf(FREE), "pre_stop": ListOf(FREE),
        "privileged": BOOL, "profiles": TEXTS, "provider": FREE, "pull_policy": TEXT,
        "pull_refresh_after": TEXT, "read_only": BOOL, "restart": RESTARTS, "runtime": TEXT, "scale": WHOLE,
        "secrets": ListOf(GRANT), "security_opt": TEXTS, "shm_size": SIZE, "stdin_open": BOOL,
        "stop_grace_period": DURATION, "stop_signal": TEXT, "storage_opt": FREE, "sysctls": PAIRS,
        "tmpfs": TEXT_OR_TEXTS, "tty": BOOL, "ulimits": FREE, "use_api_socket": BOOL, "user": LABEL,
        "userns_mode": TEXT, "uts": TEXT, "volumes": ListOf(Either((MOUNT, LONG_MOUNT))),
        "volumes_from": TEXTS, "working_dir": TEXT,
    }
)  # fmt: skip

EXTERNAL = Either((BOOL, Keys({"name": TEXT})))
NETWORK = Either(
    (
        NOTHING,
        Keys(
            {
                "name": TEXT, "driver": TEXT, "driver_opts": MapOf(LABEL), "ipam": FREE, "external": EXTERNAL,
                "internal": BOOL, "enable_ipv4": BOOL, "enable_ipv6": BOOL, "attachable": BOOL,
                "labels": PAIRS,
            }
        ),
    )
)  # fmt: skip
VOLUME = Either(
    (
        NOTHING,
        Keys(
            {"name": TEXT, "driver": TEXT, "driver_opts": MapOf(LABEL), "external": EXTERNAL, "labels": PAIRS}
        ),
    )
)
FILE_OBJECT = Keys(
    {
        "name": TEXT, "environment": TEXT, "file": TEXT, "content": TEXT, "external": EXTERNAL,
        "labels": PAIRS, "driver": TEXT, "driver_opts": MapOf(LABEL), "template_driver": TEXT,
    }
)  # fmt: skip

FILE: Shape = Keys(
    {
        "version": LABEL, "name": TEXT, "include": ListOf(Either((TEXT, FREE))),
        "services": MapOf(SERVICE, key=NAME), "networks": MapOf(NETWORK, key=NAME),
        "volumes": MapOf(VOLUME, key=NAME), "secrets": MapOf(FILE_OBJECT, key=NAME),
        "configs": MapOf(FILE_OBJECT, key=NAME), "models": FREE,
    },
    required=("services",),
)  # fmt: skip
