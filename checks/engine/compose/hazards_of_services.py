"""What one service of a Compose file may not ask for."""

from collections.abc import Iterator, Mapping

from checks.engine.compose.confined import Confined
from checks.engine.compose.hazards_of_mounts import mount_hazards
from checks.parsing.compose.service import read_port
from checks.parsing.yamlnode import YamlNode

Found = Iterator[tuple[YamlNode, str]]

LOCAL = frozenset({"", "0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - what a student may write; ports are rewritten

ALLOWED = frozenset(
    {
        "attach", "build", "command", "configs", "container_name", "cpu_shares", "cpus",
        "depends_on", "deploy", "entrypoint", "env_file", "environment", "expose", "extends",
        "healthcheck", "hostname", "image", "init", "labels", "logging", "mem_limit",
        "mem_reservation", "memswap_limit", "networks", "pids_limit", "platform", "ports",
        "profiles", "pull_policy", "read_only", "restart", "scale", "secrets", "security_opt",
        "stdin_open", "stop_grace_period", "stop_signal", "tmpfs", "tty", "user", "volumes",
        "working_dir", "cap_drop", "network_mode",
    }
)  # fmt: skip
REASONS: Mapping[str, str] = {
    "privileged": "a privileged container is root on this machine",
    "pid": "it sees the processes of others",
    "ipc": "it shares memory with others",
    "uts": "it can rename this machine",
    "userns_mode": "it takes the container's users for those of this machine",
    "cgroup": "it sees the limits of others",
    "cgroup_parent": "it leaves the limits that a container runs under",
    "devices": "it reaches the devices of this machine",
    "device_cgroup_rules": "it reaches the devices of this machine",
    "gpus": "it reaches the devices of this machine",
    "cap_add": "it adds rights that a container does not need",
    "sysctls": "it sets parameters of the kernel",
    "runtime": "it chooses another program to run containers with",
    "volumes_from": "it takes the volumes of other containers",
    "external_links": "it reaches containers of others",
    "label_file": "it reads another file, and only this one is graded",
    "provider": "it runs a program on this machine",
    "post_start": "it runs commands beside the service",
    "pre_stop": "it runs commands beside the service",
    "develop": "it watches this machine's files",
    "use_api_socket": "it hands over the engine's socket: whoever has it is root on this machine",
    "credential_spec": "it takes credentials of this machine",
    "extra_hosts": "it can name this machine itself",
}
OF_BUILDS = frozenset({"context", "dockerfile", "args", "target", "labels", "no_cache", "pull", "tags"})
OF_DEPLOY = frozenset(
    {
        "mode", "replicas", "labels", "resources", "restart_policy", "update_config",
        "rollback_config", "placement", "endpoint_mode",
    }
)  # fmt: skip


OF_NETWORKS = frozenset({"aliases", "priority"})
ITS_ADDRESSES = "addresses are the engine's to give: others have theirs on this machine"
REASONS_OF_NETWORKS: Mapping[str, str] = {
    "driver_opts": "it sets parameters of the kernel",
    "link_local_ips": "it takes an address that clouds serve credentials on",
    "mac_address": "it can take another machine's place",
    "ipv4_address": ITS_ADDRESSES,
    "ipv6_address": ITS_ADDRESSES,
}
# Without `suid` and `dev`: what is made there would have an owner's rights, or be a device.
OF_TMPFS = frozenset(
    {
        "",
        "size",
        "mode",
        "uid",
        "gid",
        "nr_inodes",
        "ro",
        "rw",
        "exec",
        "noexec",
        "nosuid",
        "nodev",
        "noatime",
    }
)


def service_hazards(node: YamlNode, confined: Confined) -> Found:
    """Every reason not to run it."""
    if not node.is_mapping:
        return
    for key, child in node.items():
        if key not in ALLOWED and not key.startswith("x-") and child.value not in (False, None, [], {}):
            yield child, f"`{key}`: {REASONS.get(key, 'the grader does not run that')}"
    yield from _modes(node)
    yield from _extends(node.get("extends"))
    yield from _build(node.get("build"), confined)
    yield from _env_files(node.get("env_file"), confined)
    yield from _ports(node)
    yield from mount_hazards(node, confined)
    yield from _deploy(node)
    yield from _networks(node.get("networks"))
    yield from _tmpfs(node.get("tmpfs"))


def _modes(node: YamlNode) -> Found:
    mode = node.get("network_mode")
    if mode is not None and mode.value not in ("none", None):
        yield mode, f"`network_mode: {mode.text}` leaves the network of this project"
    for option in _elements(node.get("security_opt")):
        if option.text.replace("=", ":") not in {"no-new-privileges", "no-new-privileges:true"}:
            yield option, f"`{option.text}` weakens what keeps a container apart"
    logging = node.get("logging")
    driver = logging.get("driver") if logging is not None else None
    if driver is not None and driver.value not in ("json-file", "local", "none", None):
        yield driver, f"the log driver `{driver.text}` sends elsewhere what the service says"


def _extends(node: YamlNode | None) -> Found:
    file = node.get("file") if node is not None else None
    if file is not None:
        yield file, "`extends` of another file: only this one is graded"


def _build(node: YamlNode | None, confined: Confined) -> Found:
    if node is None or not node.is_mapping:
        yield from confined.refusals(node)
        return
    for key, child in node.items():
        if key not in OF_BUILDS and not key.startswith("x-") and child.value not in (False, None, [], {}):
            yield child, f"`build.{key}`: the grader does not build with that"
    context = node.get("context")
    yield from confined.refusals(context)
    if context is None or isinstance(context.value, str):
        yield from confined.refusals(node.get("dockerfile"), context.text if context is not None else ".")


def _env_files(node: YamlNode | None, confined: Confined) -> Found:
    entries = [*_elements(node)] if node is not None and node.is_list else [node]
    for entry in entries:
        path = entry.get("path") if entry is not None and entry.is_mapping else entry
        yield from confined.refusals(path)


def _ports(node: YamlNode) -> Found:
    for entry in _elements(node.get("ports")):
        ip = entry.get("host_ip") if entry.is_mapping else None
        port = read_port(entry)
        address = ip.text if ip is not None else port.host_ip if port else ""
        if address not in LOCAL:
            yield entry, f"a port on {address}: the grader publishes on 127.0.0.1 alone"


def _networks(node: YamlNode | None) -> Found:
    for _, network in node.items() if node is not None and node.is_mapping else ():
        for key, child in network.items() if network.is_mapping else ():
            if key not in OF_NETWORKS and not key.startswith("x-") and child.value not in (None, [], {}):
                why = REASONS_OF_NETWORKS.get(key, "the grader connects nothing with that")
                yield child, f"`networks.{key}`: {why}"


def _tmpfs(node: YamlNode | None) -> Found:
    for entry in [node] if node is not None and not node.is_list else _elements(node):
        options = entry.text.partition(":")[2].split(",") if not entry.is_mapping else []
        for option in {option.partition("=")[0].strip() for option in options} - OF_TMPFS:
            yield entry, f"the option `{option}` of a tmpfs: it has {', '.join(sorted(OF_TMPFS - {''}))}"


def _deploy(node: YamlNode) -> Found:
    deploy = node.get("deploy")
    if deploy is None or not deploy.is_mapping:
        return
    for key, child in deploy.items():
        if key not in OF_DEPLOY:
            yield child, f"`deploy.{key}`: the grader does not run that"
    resources = deploy.get("resources")
    reservations = resources.get("reservations") if resources is not None else None
    for key in ("devices", "generic_resources"):
        found = reservations.get(key) if reservations is not None else None
        if found is not None and found.value:
            yield found, "it reaches the devices of this machine"


def _elements(node: YamlNode | None) -> Iterator[YamlNode]:
    return node.elements() if node is not None and node.is_list else iter(())
