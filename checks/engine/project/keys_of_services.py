"""The effect, during grading, of every key of a service in the Compose Specification."""

from collections.abc import Mapping

from checks.engine.project import reach
from checks.engine.project.effect import Key, bounded, dropped, refused, refused_unless, run

DEVICES = "it reaches the devices of this machine"
BESIDE = "it runs commands beside the service, with rights of their own"
WINDOWS = "it is for Windows alone"
OUR_LIMITS = "the grader's limit holds where the file has none, or a higher one"
NO_MORE = "the engine's own hold: no service gets more than others"
NO_NAMES = "the names of services are known; no other name is looked up, nor would it be reached"
COLLIDES = "another project on this machine may have the same"
THE_BUILD = "the grader builds the image itself, before anything boots"

SERVICE: Mapping[str, Key] = {
    **dict.fromkeys(
        (
            *("attach", "cap_drop", "command", "configs", "depends_on", "domainname", "entrypoint"),
            *("environment", "extends", "healthcheck", "hostname", "image", "init", "labels", "links"),
            *("networks", "read_only", "restart", "secrets", "stdin_open", "stop_signal", "tmpfs", "tty"),
            *("user", "volumes", "working_dir"),
        ),
        run(),
    ),
    # Keys that change nothing.
    "annotations": dropped("they are for other programs than the engine"),
    "build": dropped(THE_BUILD),
    "container_name": dropped(COLLIDES),
    "cpu_count": dropped(WINDOWS),
    "cpu_percent": dropped(WINDOWS),
    "cpu_shares": dropped("they count when others want the processor, and nobody else does"),
    "cpuset": dropped("this machine has other processors than yours"),
    "develop": dropped("`docker compose watch` reads it, and `up` does not", reach.watched),
    "dns": dropped(NO_NAMES),
    "dns_opt": dropped(NO_NAMES),
    "dns_search": dropped(NO_NAMES),
    "env_file": dropped("its variables are put into `environment`"),
    "expose": dropped("it publishes nothing, and services reach each other without it"),
    "isolation": refused_unless("`default`", reach.other_than("default"), WINDOWS, kept=False),
    "label_file": dropped("its labels are put into `labels`"),
    "mac_address": dropped("the engine gives out addresses: " + COLLIDES),
    "mem_reservation": dropped("it limits nothing"),
    "mem_swappiness": dropped("no container of the grader swaps"),
    "platform": dropped("this machine builds and runs for its own"),
    "profiles": dropped("the grader names the services that it starts"),
    "pull_policy": dropped("every image is there before anything boots"),
    "pull_refresh_after": dropped("every image is there before anything boots"),
    # Keys that take resources.
    "blkio_config": bounded(NO_MORE),
    "cpu_period": bounded(OUR_LIMITS),
    "cpu_quota": bounded(OUR_LIMITS),
    "cpu_rt_period": bounded(NO_MORE),
    "cpu_rt_runtime": bounded(NO_MORE),
    "cpus": bounded(OUR_LIMITS),
    "deploy": bounded("`resources.limits` as `cpus` and `mem_limit`, `replicas` as `scale`", kept=True),
    "mem_limit": bounded(OUR_LIMITS),
    "memswap_limit": bounded("no container of the grader swaps"),
    "oom_score_adj": bounded(NO_MORE),
    "pids_limit": bounded(OUR_LIMITS),
    "ports": bounded("on 127.0.0.1 alone, on numbers that the system chooses", kept=True),
    "scale": bounded("a service has no more than two containers", kept=True),
    "shm_size": bounded("it is part of the service's memory", kept=True),
    "stop_grace_period": bounded("a service has 3 s to stop"),
    "storage_opt": bounded("the grader's limit of disk holds"),
    "ulimits": bounded(NO_MORE),
    # Keys that reach out.
    "cap_add": refused_unless(
        "what the engine gives by default",
        reach.capabilities,
        "it adds rights that a container does not need",
    ),
    "cgroup": refused_unless("`private`", reach.other_than("private"), "it sees the limits of others"),
    "cgroup_parent": refused("it leaves the limits that a container runs under"),
    "credential_spec": refused("it takes credentials of this machine"),
    "device_cgroup_rules": refused(DEVICES),
    "devices": refused(DEVICES),
    "external_links": refused("it reaches containers of others"),
    "extra_hosts": refused_unless("a plain address", reach.hosts, "it can name this machine itself"),
    "gpus": refused(DEVICES),
    "group_add": refused_unless("a number", reach.names, "a group's name stands for sockets and devices"),
    "ipc": refused_unless(
        "`private`, `shareable` or `none`",
        reach.other_than("private", "shareable", "none"),
        "it shares memory with others",
    ),
    "logging": refused_unless(
        "`json-file`, `local` or `none` (of which the last 1 MiB is kept)",
        reach.log_drivers,
        "its driver sends elsewhere what the service says",
        kept=False,
    ),
    "models": refused("it runs a model on this machine"),
    "network_mode": refused_unless(
        "`none`", reach.other_than("none"), "it leaves the network of this project"
    ),
    "oom_kill_disable": refused("it takes memory beyond every limit"),
    "pid": refused("it sees the processes of others"),
    "post_start": refused(BESIDE),
    "pre_stop": refused(BESIDE),
    "privileged": refused_unless(
        "`false`", reach.other_than("false"), "it is root on this machine", kept=False
    ),
    "provider": refused("it runs a program on this machine"),
    "runtime": refused_unless(
        "`runc`", reach.other_than("runc"), "it chooses another program to run containers with", kept=False
    ),
    "security_opt": refused_unless(
        "`no-new-privileges`, or a profile by default,",
        reach.other_than(
            *("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"),
            *("seccomp=builtin", "seccomp:builtin", "apparmor=docker-default", "apparmor:docker-default"),
        ),
        "it weakens what keeps a container apart",
        kept=False,
    ),
    "sysctls": refused_unless(
        "a parameter of the container's own network or shared memory (it is left out)",
        reach.parameters,
        "it sets parameters of this machine's kernel",
        kept=False,
    ),
    "use_api_socket": refused("whoever has the engine's socket is root on this machine"),
    "userns_mode": refused("it takes the container's users for those of this machine"),
    "uts": refused("it can rename this machine"),
    "volumes_from": refused("it takes the mounts of other containers, which are not judged with this one's"),
}
