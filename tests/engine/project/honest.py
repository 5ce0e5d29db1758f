"""Keys of a Compose file that give a project no additional powers, each in common spellings."""

# Each as others write it; none of these gives more than every container has.
HONEST = {
    "limits of a process": "ulimits: {nofile: {soft: 1024, hard: 65536}, nproc: 65535, core: 0}",
    "shared memory": "shm_size: 256m",
    "a quota of the processor": "cpu_quota: 50000",
    "a quota and its period": "{cpu_quota: 25000, cpu_period: 50000}",
    "processors": 'cpuset: "0,1"',
    "weights of the disk": "blkio_config: {weight: 300}",
    "who is killed first": "oom_score_adj: 500",
    "swapping": "mem_swappiness: 0",
    "annotations": "annotations: {com.example.note: x}",
    "a resolver": "dns: 8.8.8.8",
    "resolvers": "{dns: [1.1.1.1, 8.8.8.8], dns_search: example.com, dns_opt: [use-vc]}",
    "a domain": "domainname: example.com",
    "a hardware address": "mac_address: 02:42:ac:11:65:43",
    "secrets of a build": "build: {context: ., secrets: [key]}",
    "platforms of a build": "build: {context: ., platforms: [linux/amd64]}",
    "caches of a build": "build: {context: ., cache_from: ['a:latest'], cache_to: ['type=inline']}",
    "a build without a network": "build: {context: ., network: none}",
    "more of a build": "build: {context: ., sbom: true, provenance: false, shm_size: 64m, ulimits: {nofile: 9}}",
    "a label of SELinux": "volumes: ['./models:/models:ro,z']",
    "a label of SELinux of its own": "volumes: ['./models:/models:Z']",
    "private propagation": "volumes: ['./models:/models:ro,rprivate']",
    "a label of SELinux in the long form": (
        "volumes: [{type: bind, source: ./models, target: /m, bind: {selinux: z, propagation: rprivate}}]"
    ),
    "what is below a mount": "volumes: [{type: bind, source: ./m, target: /m, bind: {recursive: enabled}}]",
    "a default capability": "{cap_drop: [ALL], cap_add: [NET_BIND_SERVICE]}",
    "default capabilities, spelled otherwise": "{cap_drop: [all], cap_add: [cap_chown, Setuid, CAP_NET_RAW]}",
    "a default capability alone": "cap_add: [KILL]",
    "memory of its own": "ipc: private",
    "memory that others may ask for": "ipc: shareable",
    "groups of control of its own": "cgroup: private",
    "no word on users": 'userns_mode: ""',
    "no word on processes and names": '{pid: "", uts: "", ipc: ""}',
    "not privileged, in quotes": 'privileged: "false"',
    "a queue of connections": "sysctls: {net.core.somaxconn: 1024}",
    "ports for everybody": "sysctls: [net.ipv4.ip_unprivileged_port_start=0]",
    "a name for an address": "extra_hosts: ['db:10.0.0.5', 'b=127.0.0.1', 'c:[::1]']",
    "a name for an address, in a mapping": "extra_hosts: {db: 10.0.0.5}",
    "the default runtime": "runtime: runc",
    "default profiles": "security_opt: ['no-new-privileges=true', 'seccomp=builtin', 'apparmor:docker-default']",
    "a group by its number": "group_add: [1000, '999']",
    "links": "links: [db, 'db:store']",
    "labels from a file": "label_file: ./labels.env",
    "a watcher of its own folder": "develop: {watch: [{path: ./app, action: sync, target: /app}]}",
    "a log that rotates": "logging: {driver: json-file, options: {max-size: 1m}}",
    "a loopback address": "ports: ['127.0.0.2:80:80']",
    "memory with options": "tmpfs: '/t:size=1m,relatime,nosuid,nodev'",
    "no swap and no killer": "{memswap_limit: 1g, mem_swappiness: 10, oom_kill_disable: false}",
    "real time": "{cpu_rt_runtime: 1000, cpu_rt_period: 2000}",
    "disk": "storage_opt: {size: 1G}",
    "isolation": "isolation: default",
}
HONEST_TOP = {
    "options of a network": "networks: {n: {driver_opts: {com.docker.network.driver.mtu: 1450}}}",
    "families of addresses": "networks: {n: {enable_ipv4: true, enable_ipv6: false}}",
    "the default pools": "networks: {n: {ipam: {driver: default}}}",
    "nobody else's": "volumes: {v: {external: false}}",
    "a volume in memory": "volumes: {v: {driver_opts: {type: tmpfs, device: tmpfs, o: size=10m}}}",
    "a name": "volumes: {v: {name: models}}",
}


def one_service(entries: str, *, image: str) -> str:
    """A file with a service that has these entries; what they name is there."""
    inner = entries[1:-1] if entries.startswith("{") else entries
    base = "" if inner.startswith("build:") else f"image: {image}, "
    others = f"db: {{image: {image}, command: [sleep, '60']}}"
    return f"services: {{api: {{{base}{inner}}}, {others}}}\nsecrets: {{key: {{file: ./key}}}}\n"
