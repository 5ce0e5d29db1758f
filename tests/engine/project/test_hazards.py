"""Compose keys that endanger the grading machine are refused; each hostile file is written out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.engine.project import keys_of_parts as parts
from checks.engine.project.document import escaped
from checks.engine.project.effect import Confined, Key
from checks.engine.project.hazards import ALLOWED, Hazard, hazards
from checks.engine.project.keys_of_services import SERVICE as KEYS_OF_SERVICES
from checks.parsing.compose import parse_compose
from checks.parsing.compose.schema import CONFIG, FILE, NETWORK, ON_NETWORK, SECRET, SERVICE, VOLUME
from checks.parsing.compose.schema_parts import BUILD, DEPLOY, RESERVATIONS
from checks.parsing.compose.shapes import Keys
from tests.engine.project.honest import HONEST, HONEST_TOP, one_service


def many(pattern: str, count: int) -> list[str]:
    """`pattern` with a number each time."""
    return [pattern.format(number) for number in range(count)]


HOSTILE = {
    "privileged": "privileged: true",
    "the host's network": "network_mode: host",
    "the default bridge": "network_mode: bridge",
    "another container's network": "network_mode: container:abc",
    "another service's network": "network_mode: service:db",
    "the host's processes": "pid: host",
    "another container's processes": "pid: container:abc",
    "the host's memory": "ipc: host",
    "the host's name": "uts: host",
    "the host's users": "userns_mode: host",
    "the host's groups of control": "cgroup: host",
    "a group of control of its own": "cgroup_parent: /",
    "a device": "devices: [/dev/kmsg]",
    "rules for devices": "device_cgroup_rules: ['a *:* rwm']",
    "a graphics card": "gpus: all",
    "a reserved device": "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}",
    "a capability": "cap_add: [SYS_ADMIN]",
    "no seccomp": "security_opt: ['seccomp:unconfined']",
    "no apparmor": "security_opt: ['apparmor=unconfined']",
    "a profile from a file": "security_opt: ['seccomp:/etc/passwd']",
    "a parameter of the kernel": "sysctls: {kernel.core_pattern: '|/x'}",
    "the engine's socket": "volumes: ['/var/run/docker.sock:/var/run/docker.sock']",
    "the engine's socket, in the long form": "volumes: [{type: bind, source: /run/docker.sock, target: /s}]",
    "the whole machine": "volumes: ['/:/host']",
    "a folder above": "volumes: ['../:/x']",
    "a folder above, through one below": "volumes: ['./models/../../:/x']",
    "the home folder": "volumes: ['~/.ssh:/x']",
    "a link out": "volumes: ['./out:/x']",
    "something behind a link": "volumes: ['./out/etc:/x']",
    "shared propagation": "volumes: ['./models:/x:rshared']",
    "propagation, in the long form": "volumes: [{type: bind, source: ./m, target: /x, bind: {propagation: slave}}]",
    "a part of a volume": "volumes: [{type: volume, source: v, target: /x, volume: {subpath: a}}]",
    "a named pipe": "volumes: [{type: npipe, source: //./pipe/docker_engine, target: /x}]",
    "volumes of others": "volumes_from: ['container:abc']",
    "an env file outside": "env_file: /etc/shadow",
    "an env file outside, in a list": "env_file: [.env, ../../.env]",
    "an env file outside, in the long form": "env_file: [{path: /etc/environment, required: false}]",
    "an env file behind a link": "env_file: ./out/passwd",
    "labels from a file": "label_file: /etc/passwd",
    "a build outside": "build: /etc",
    "a build of a link": "build: ./out",
    "a build from elsewhere": "build: https://example.org/x.git",
    "a Dockerfile outside": "build: {context: ., dockerfile: /etc/passwd}",
    "another context": "build: {context: ., additional_contexts: {etc: /etc}}",
    "a build in the host's network": "build: {context: ., network: host}",
    "a privileged build": "build: {context: ., privileged: true}",
    "rights of a build": "build: {context: ., entitlements: [security.insecure]}",
    "the user's keys in a build": "build: {context: ., ssh: [default]}",
    "a cache written to the host": "build: {context: ., cache_to: ['type=local,dest=/etc']}",
    "a Dockerfile in the file": "build: {context: ., dockerfile_inline: 'FROM scratch'}",
    "a port on another address": "ports: ['192.168.1.5:80:80']",
    "a port on another address, in the long form": "ports: [{target: 80, host_ip: 10.0.0.1}]",
    "another service from another file": "extends: {file: /etc/passwd, service: a}",
    "a program on the host": "provider: {type: model}",
    "a hook with all rights": "post_start: [{command: id, privileged: true}]",
    "a hook at the end": "pre_stop: [{command: id}]",
    "the socket by another name": "use_api_socket: true",
    "a watcher": "develop: {watch: [{path: /, action: sync, target: /x}]}",
    "another runtime": "runtime: io.evil",
    "credentials": "credential_spec: {file: /etc/passwd}",
    "a log driver that sends": "logging: {driver: syslog, options: {syslog-address: 'udp://1.2.3.4'}}",
    "a name for the host": "extra_hosts: ['host:host-gateway']",
    "a name for the host, in a mapping": "extra_hosts: {host.docker.internal: host-gateway}",
    "a name for the host, among others": "extra_hosts: {db: [10.0.0.5, host-gateway]}",
    "a name for what clouds serve credentials on": "extra_hosts: ['m=169.254.169.254']",
    "every capability": "cap_add: [ALL]",
    "a capability with its prefix": "cap_add: [CHOWN, cap_sys_admin]",
    "shared propagation, among options": "volumes: ['./models:/x:ro,z,rslave']",
    "an option that nobody knows": "volumes: ['./models:/x:ro,suid']",
    "another container's memory": "ipc: container:abc",
    "another service's memory": "ipc: service:db",
    "a parameter of all processes": "sysctls: [vm.overcommit_memory=1]",
    "a parameter behind an own one": "sysctls: {net.core.somaxconn: 1, kernel.randomize_va_space: 0}",
    "a cache written to the host, behind others": (
        "build: {context: ., cache_to: ['type=inline', 'type=local,dest=../../x']}"
    ),
    "a build with a name for the host": "build: {context: ., extra_hosts: ['h=host-gateway']}",
    "a runtime that is not the default": "runtime: runc-unsafe",
    "labels from a file above": "label_file: [./a.env, ../../b.env]",
    "a watcher of a folder above": "develop: {watch: [{path: ./app}, {path: ../.., action: sync}]}",
    "a log driver of the machine": "logging: {driver: journald}",
    "a thousand copies": "scale: 1000",
    "many copies": "deploy: {replicas: 50}",
    "a thousand copies, written otherwise": "scale: 0x3e8",
    "options of the connection to a network": "networks: {n: {driver_opts: {a: b}}}",
    "the metadata service's address": "networks: {n: {link_local_ips: [169.254.169.254]}}",
    "a hardware address": "networks: {n: {mac_address: 02:42:ac:11:65:43}}",
    "an address": "networks: {n: {ipv4_address: 172.17.0.1}}",
    "an address of the new kind": "networks: {n: {ipv6_address: 'fe80::1'}}",
    "a name for an interface": "networks: {n: {interface_name: eth9}}",
    "the way out": "networks: {n: {gw_priority: 9}}",
    "forty aliases": f"networks: {{n: {{aliases: {many('a{}', 40)}}}}}",
    "devices in memory": "tmpfs: ['/t:size=1m,dev']",
    "rights of an owner in memory": "tmpfs: /t:mode=4777,suid",
    "a thousand ports": "ports: ['9000-9999:9000-9999']",
    "sixty thousand ports": "ports: [1-60000]",
    "many ports, one by one": f"ports: {[str(n) for n in range(1, 40)]}",
    "many ports, in the long form": "ports: [{target: 80, published: 8000}, {target: 1-900}]",
    "many volumes without a name": f"volumes: {many('/v{}', 20)}",
    "many file systems in memory": f"tmpfs: {many('/v{}', 20)}",
    "a great many mounts": f"volumes: {many('./models:/v{}:ro', 40)}",
    "no killer of memory": "oom_kill_disable: true",
    "groups of the host": "group_add: [docker]",
}
HOSTILE_TOP = {
    "another file": "include: [/etc/passwd]",
    "a volume that is a folder": "volumes: {v: {driver_opts: {type: none, o: bind, device: /etc}}}",
    "a volume of others": "volumes: {v: {external: true}}",
    "a volume of others, by name": "volumes: {v: {external: {name: theirs}}}",
    "a driver of volumes": "volumes: {v: {driver: sshfs}}",
    "a network of others": "networks: {n: {external: true}}",
    "the host as a network": "networks: {n: {driver: host}}",
    "the host's own network": "networks: {n: {driver: macvlan}}",
    "addresses of its own": "networks: {n: {ipam: {config: [{subnet: 10.0.0.0/8}]}}}",
    "a volume on a server": "volumes: {v: {driver_opts: {type: nfs, o: 'addr=10.0.0.1', device: ':/x'}}}",
    "options of a network, behind a harmless one": (
        "networks: {n: {driver_opts: {com.docker.network.driver.mtu: 1400, parent: eth0}}}"
    ),
    "options of a network": "networks: {n: {driver_opts: {com.docker.network.bridge.name: docker0}}}",
    "a secret outside": "secrets: {s: {file: /etc/shadow}}",
    "a secret above": "secrets: {s: {file: ../../key}}",
    "a secret behind a link": "secrets: {s: {file: ./out/shadow}}",
    "a secret of others": "secrets: {s: {external: true}}",
    "a config outside": "configs: {c: {file: ~/.docker/config.json}}",
    "a model": "models: {m: {model: x}}",
    "nine services": "x-a: 1",
    "nine networks": f"networks: {{{', '.join(f'n{n}: {{}}' for n in range(9))}}}",
    "six hundred networks": f"networks: {{{', '.join(f'n{n}: {{}}' for n in range(600))}}}",
    "three thousand volumes": f"volumes: {{{', '.join(f'v{n}: {{}}' for n in range(3000))}}}",
    "many secrets": f"secrets: {{{', '.join(f's{n}: {{file: ./models/a}}' for n in range(20))}}}",
    "many configs": f"configs: {{{', '.join(f'c{n}: {{content: a}}' for n in range(20))}}}",
}
HARMLESS = {
    "what the course asks for": """
services:
  api:
    build: .
    container_name: api
    ports: ["8000:8000", "127.0.0.1:9000:9000", "[::1]:9001:9001"]
    env_file: [.env, {path: more.env, required: false}]
    volumes: ["./models:/models:ro,z", "./:/w", "cache:/cache", {type: tmpfs, target: /tmp}]
    secrets: [key]
    healthcheck: {test: [CMD, id], interval: 100ms, start_interval: 1s}
    restart: unless-stopped
    deploy: {resources: {limits: {memory: 512m, cpus: "0.5"}, reservations: {memory: 1m}}}
    security_opt: ["no-new-privileges:true"]
    cap_drop: [ALL]
    read_only: true
    user: "1000"
    init: true
    privileged: false
    networks: {front: {aliases: [backend, api.local], priority: 5}, default: }
    pids_limit: 100
    tmpfs: ["/run:size=1m,mode=1777,exec", /var/tmp]
    depends_on: [db]
  db: {image: "postgres:16", network_mode: none, extends: {service: api}}
networks: {front: {internal: true}}
volumes: {cache: {}}
secrets: {key: {file: ./secrets/key}}
configs: {c: {content: text}}
x-anything: {privileged: true}
"""
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    (folder / "models").mkdir(parents=True)
    (folder / "out").symlink_to("/etc")
    return folder


def found(text: str, root: Path) -> list[Hazard]:
    return list(hazards(parse_compose(text.encode(), "compose.yaml").node, root))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_service_is_refused_with_its_line(text: str, root: Path) -> None:
    file = f"services:\n  api:\n    image: x\n    {text}\n"
    assert {hazard.line for hazard in found(file, root)} == {4}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_refused_through_an_anchor_too(text: str, root: Path) -> None:
    file = f"x-a: &a\n  {text}\nservices:\n  api:\n    <<: *a\n    image: x\n"
    assert found(file, root)


@pytest.mark.parametrize("text", HOSTILE_TOP.values(), ids=HOSTILE_TOP.keys())
def test_a_hostile_section_is_refused_with_its_line(text: str, root: Path) -> None:
    services = ", ".join(f"s{number}: {{image: x}}" for number in range(9 if text == "x-a: 1" else 1))
    hazard, *_ = found(f"services: {{{services}}}\n{text}\n", root)
    assert hazard.line == (1 if text == "x-a: 1" else 2)


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_an_honest_key_is_let_in(text: str, root: Path) -> None:
    assert found(one_service(text, image="x"), root) == []


@pytest.mark.parametrize("text", HONEST_TOP.values(), ids=HONEST_TOP.keys())
def test_an_honest_section_is_let_in(text: str, root: Path) -> None:
    assert found(f"services: {{api: {{image: x}}}}\n{text}\n", root) == []


@pytest.mark.parametrize(
    ("section", "known"),
    [
        (SERVICE, KEYS_OF_SERVICES),
        (BUILD.shapes[1], parts.BUILD),
        (DEPLOY, parts.DEPLOY),
        (RESERVATIONS, parts.RESERVATIONS),
        (ON_NETWORK, parts.CONNECTION),
        (NETWORK, parts.NETWORK),
        (VOLUME, parts.VOLUME),
        (Keys({**SECRET.keys, **CONFIG.keys}), parts.FILE),
        (FILE, parts.TOP),
    ],
    ids=lambda each: "" if isinstance(each, Mapping) else "of the specification",
)
def test_every_key_of_the_specification_is_judged(section: Any, known: Mapping[str, Key]) -> None:
    assert set(section.keys) == set(known)


@pytest.mark.parametrize(
    "key", ["pid: host", "networks: {default: {gw_priority: 9}}", "use_api_socket: true"]
)
def test_what_is_refused_is_said_to_reach_out(key: str, root: Path) -> None:
    (hazard,) = found(f"services: {{api: {{image: x, {key}}}}}\n", root)
    assert "reaches out" in hazard.why


@pytest.mark.parametrize(
    ("section", "name"), [("networks", "front"), ("volumes", "data"), ("secrets", "key")]
)
def test_what_is_external_is_named(section: str, name: str, root: Path) -> None:
    (hazard,) = found(f"services: {{api: {{image: x}}}}\n{section}: {{{name}: {{external: true}}}}\n", root)
    assert f"`{section}.{name}.external`" in hazard.why


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_an_honest_file_is_run(text: str, root: Path) -> None:
    assert found(text, root) == []


@pytest.mark.parametrize(
    ("section", "limit"),
    [
        (f"networks: {{{', '.join(f'n{n}: {{}}' for n in range(9))}}}", "the limit of networks"),
        ("services: {api: {image: x, scale: 2, ports: [8000-8020]}}", "the limit of ports"),
        ("services: {a: {image: x, ports: [1-20]}, b: {image: x, ports: [1-20]}}", "the limit of ports"),
        ("services: {a: {image: x, scale: 3}}", "the limit of copies of a service"),
        (
            "secrets: {s: {file: a}}\nconfigs: {" + ", ".join(f"c{n}: {{}}" for n in range(16)) + "}",
            "secrets",
        ),
    ],
)
def test_a_limit_is_named(section: str, limit: str, root: Path) -> None:
    assert any(limit in hazard.why for hazard in found(section, root))


def test_an_extension_hides_nothing_that_looks_like_a_service(root: Path) -> None:
    assert found("services: {x-api: {image: x, privileged: true}}\n", root)


def test_variables_hide_nothing(root: Path) -> None:
    data = b"services: {api: {image: x, volumes: ['${HERE}:/x'], pid: '${PID}'}}"
    node = parse_compose(data, "compose.yaml", {"HERE": "/etc", "PID": "host"}.get).node
    assert len(list(hazards(node, root))) == 2


def test_nothing_is_left_to_interpolate(root: Path) -> None:
    data = b"services: {api: {image: x, command: 'echo $$HOME', secrets: [{source: s, mode: 0440}]}}"
    given = escaped(parse_compose(data, "compose.yaml").node)
    assert given["services"]["api"]["command"] == "echo $$HOME"
    assert given["services"]["api"]["secrets"][0]["mode"] == 0o440
    assert found(data.decode(), root) == []


KEYS = st.sampled_from(sorted(SERVICE.keys))
ANY: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 99)
    | st.sampled_from(["host", "/etc", "~", ".", "..", "a:b", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "source", "file", "path", "context", "driver", "resources", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(service=st.dictionaries(KEYS, ANY, max_size=4), section=ANY)
def test_no_tree_breaks_the_judge(service: dict[str, Any], section: Any, root: Path) -> None:
    """And whatever it lets pass has only keys that somebody has thought about."""
    text = json.dumps({"services": {"api": service}, "volumes": section, "secrets": {"s": section}})
    if not found(text, root):
        used = {key for key, value in service.items() if value not in (False, None, [], {})}
        assert used <= ALLOWED


@given(
    parts=st.lists(st.sampled_from(["..", ".", "a", "out", "etc", "", "~", "models"]), min_size=1, max_size=6)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_that_is_let_pass_leaves_the_folder(parts: list[str], root: Path) -> None:
    written = "/".join(parts)
    if not Confined(root).refusal(written):
        assert (root / written).resolve().is_relative_to(root.resolve())


def test_a_path_that_no_system_takes_is_not_followed(root: Path) -> None:
    assert Confined(root).refusal("a/" * 2_049)
    assert not Confined(root).refusal("a/" * 2_048)
