"""The effect of each key of the other parts of a Compose file, and of some parts of a service."""

from collections.abc import Mapping

from checks.engine.project import reach
from checks.engine.project.effect import Key, bounded, dropped, refused, refused_unless, run

OURS = "the grader's own build does not depend on it"
ADDRESSES = "addresses are the engine's to give: others have theirs on this machine"
SWARM = "it is for a Swarm"
OTHERS = "it belongs to somebody else on this machine"
PROPAGATION = "mounts would go from the container to this machine, or back"

TOP: Mapping[str, Key] = {
    **dict.fromkeys(("services", "networks", "volumes", "secrets", "configs"), run()),
    "name": dropped("each grading has a name of its own"),
    "version": dropped("it is obsolete"),
    "include": refused("it brings other files along, and only this one is graded"),
    "models": refused("it runs a model on this machine"),
}

BUILD: Mapping[str, Key] = {
    **dict.fromkeys(("context", "dockerfile", "args", "target"), run()),
    **dict.fromkeys(
        ("cache_from", "labels", "no_cache", "provenance", "pull", "sbom", "tags"),
        dropped(OURS),
    ),
    "additional_contexts": refused("a build gets this folder and nothing else"),
    "cache_to": dropped(OURS, reach.caches),
    "dockerfile_inline": refused(
        "it is no Dockerfile in this folder, and that one is what the grader builds"
    ),
    "entitlements": refused("it asks for rights on this machine"),
    "extra_hosts": refused_unless("a plain address", reach.hosts, "it can name this machine itself"),
    "isolation": refused_unless("`default`", reach.other_than("default"), "it is for Windows alone"),
    "network": refused_unless(
        "`none` or `default`", reach.other_than("none", "default"), "it leaves the network of a build"
    ),
    "platforms": dropped("this machine builds for its own"),
    "privileged": refused_unless("`false`", reach.other_than("false"), "it is root on this machine"),
    "secrets": dropped("each secret that a `RUN` mounts has a value of the grader's"),
    "shm_size": bounded("the grader's limits of a build hold"),
    "ssh": refused("it hands over keys of whoever builds"),
    "ulimits": bounded("the grader's limits of a build hold"),
}

DEPLOY: Mapping[str, Key] = {
    **dict.fromkeys(("mode", "labels", "restart_policy", "replicas", "resources"), run()),
    **dict.fromkeys(("update_config", "rollback_config", "placement", "endpoint_mode"), dropped(SWARM)),
}

RESERVATIONS: Mapping[str, Key] = {
    **dict.fromkeys(("cpus", "memory"), dropped("they limit nothing")),
    "devices": refused("it reaches the devices of this machine"),
    "generic_resources": refused("it reaches the devices of this machine"),
}

# Of a service's connection to a network.
CONNECTION: Mapping[str, Key] = {
    **dict.fromkeys(("aliases", "priority"), run()),
    "driver_opts": refused("it sets parameters of the kernel"),
    "gw_priority": refused("it chooses the way out"),
    "interface_name": refused("the engine gives names to interfaces"),
    "ipv4_address": refused(ADDRESSES),
    "ipv6_address": refused(ADDRESSES),
    "link_local_ips": refused("it takes an address that clouds serve credentials on"),
    "mac_address": refused("it can take another machine's place"),
}

NETWORK: Mapping[str, Key] = {
    **dict.fromkeys(("internal",), run()),
    **dict.fromkeys(
        ("attachable", "enable_ipv4", "enable_ipv6", "labels"), dropped("it changes nothing here")
    ),
    "driver": refused_unless(
        "`bridge`", reach.other_than("bridge", "default"), "its driver reaches beyond this project"
    ),
    "driver_opts": refused_unless(
        "the MTU (it is left out)", reach.options, "it can name a network of this machine"
    ),
    "external": refused_unless("`false`", reach.other_than("false"), OTHERS),
    "ipam": refused_unless("the default driver", reach.pools, "its addresses may be those of other networks"),
    "name": dropped("another project on this machine may have the same"),
}

VOLUME: Mapping[str, Key] = {
    "driver": refused_unless("`local`", reach.other_than("local"), "its driver reaches beyond this project"),
    "driver_opts": refused_unless("memory (`tmpfs`)", reach.devices, "it can be any folder of this machine"),
    "external": refused_unless("`false`", reach.other_than("false"), OTHERS),
    "labels": dropped("it changes nothing here"),
    "name": dropped("another project on this machine may have the same"),
}

# Of a secret or a config.
FILE: Mapping[str, Key] = {
    **dict.fromkeys(("file", "content", "environment"), run()),
    "driver": refused(SWARM),
    "driver_opts": refused(SWARM),
    "external": refused_unless("`false`", reach.other_than("false"), OTHERS),
    "labels": dropped("it changes nothing here"),
    "name": dropped("each grading has names of its own"),
    "template_driver": refused(SWARM),
}

# Options of a mount, in the short form (`./here:/there:ro,z`) and in the long one.
MOUNT: Mapping[str, Key] = {
    **dict.fromkeys(
        ("ro", "rw", "nocopy", "volume-nocopy", "create_host_path", "labels", "size", "mode"), run()
    ),
    **dict.fromkeys(("z", "Z", "selinux"), run("what is labelled is a copy")),
    **dict.fromkeys(
        ("cached", "delegated", "consistent", "consistency"), dropped("it changes nothing on Linux")
    ),
    **dict.fromkeys(
        ("private", "rprivate", "recursive"), dropped("nothing is mounted below what the grader mounts")
    ),
    **dict.fromkeys(
        ("shared", "rshared", "slave", "rslave"),
        refused(PROPAGATION),
    ),
    "propagation": refused_unless(
        "`private` or `rprivate`",
        reach.other_than("private", "rprivate"),
        PROPAGATION,
    ),
    "subpath": refused("a container may put a link in its place"),
}
