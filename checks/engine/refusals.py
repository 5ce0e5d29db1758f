"""Whose fault it is that an engine does not start a container, or gives up a build.

The first list has what dockerd, containerd and runc say where nothing but another Dockerfile or Compose file helps.
A sentence that is not in it is never a student's fault: a port in use, no address left, a device that is busy.
Every line is held by a test that makes a real engine say it, but for those of memory and of a working directory
that cannot be entered, which no Dockerfile of ours brought up. A build fails for as many reasons as there are
Dockerfiles, so the second list has what is never one of them. What stands in quotation marks, a student may have
chosen: it counts for nothing.
"""

import re

# What the kernel says of the program to be started (execve(2)), and Go of its search in PATH.
_PROGRAM = (
    "no such file or directory",
    "permission denied",
    r"executable file not found in \$PATH",
    "not a directory",
    "is a directory",
    "exec format error",
    "too many levels of symbolic links",
    "file name too long",
    "argument list too long",
)
# What it says of a mount (mount(2)), and runc of the places where nothing may be mounted.
_TARGET = (
    "not a directory",
    "is a directory",
    "read-only file system",
    "too many levels of symbolic links",
    "invalid argument",
    "because it is (?:not of type|inside)",
)
_THE_STUDENTS = (
    # dockerd, before there is a container
    "no command specified",
    r"the working directory '[^']*' is invalid",
    r"Cannot mkdir: \S+ is not a directory",
    "evalSymlinksInScope: too many links",
    "cannot mount volume over existing file",
    "Duplicate mount point",
    "mount path must be absolute",
    "bind source path does not exist",
    "invalid mount config",
    "invalid signal",
    "invalid Cap(?:Add|Drop)",
    "Minimum memory limit allowed",
    "invalid restart policy",
    "in Healthcheck cannot be",
    "invalid endpoint settings",
    "user specified IP address is supported only",
    r"cannot access path \S+: lstat \S+: no such file",
    "[Ee]rror starting userland proxy: .*protocol not supported",
    # dockerd, which reads the image's own /etc/passwd and /etc/group
    "unable to find (?:user|group) .*: no matching entries",
    "uids and gids must be in range",
    # runc
    rf'exec: "": (?:stat \S+: )?(?:{"|".join(_PROGRAM)})',
    r'chdir to cwd \(""\) set in config.json failed: (?:permission denied|not a directory|no such file)',
    "container init was OOM-killed",
    r"(?:error during container init|error closing exec fds): (?:open|mkdir) \S+: (?:no such file|not a directory)",
    'filesystem "" must be mounted on ordinary directory',
    "error reopening /dev/null inside container: open /dev/null: (?:is a directory|not a directory)",
    rf'error mounting "" to rootfs at "": .*(?:{"|".join(_TARGET)})',
    "sethostname: invalid argument",
    "minimum allowed cpu-shares",
    r"cpu\.(?:cfs_quota_us|max): invalid argument",
)
# How a build ends whose engine, or whose machine, fails: in gRPC's words, or in those of the kernel (errno(3)).
_TROUBLE = re.compile(
    r"rpc error: code = (?:Unavailable|Canceled|Internal|ResourceExhausted|DeadlineExceeded)|"
    "Cannot connect to the Docker|error during connect|"
    "(?:no space left on device|device or resource busy|input/output error|cannot allocate memory|"
    "resource temporarily unavailable|too many open files|connection reset by peer|broken pipe|"
    "context canceled|context deadline exceeded|disk quota exceeded|database not open)$|"
    "^failed to (?:prepare|create|mount|export|commit|get) .*(?:layer|snapshot|lease)|"
    "failed to create (?:shim|endpoint)|layer does not exist|failed to start (?:network|sandbox)"
)
# How Compose passes on what the engine says, or what keeps it from asking; of unhealthy services it speaks itself.
_OF_THE_ENGINE = re.compile(
    "Error response from daemon|Cannot connect to the Docker daemon|error during connect|unexpected EOF|"
    "connection reset by peer|broken pipe|context deadline exceeded|no space left on device"
)
_OF_RUNC = "runc run failed: "  # how the output of a step begins that could not be started
_REFUSAL = re.compile("|".join(_THE_STUDENTS))
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def is_the_students(message: str) -> bool:
    """Whether an engine refused because of what an image or a Compose file asks for."""
    return _REFUSAL.search(unquoted(message)) is not None


def is_the_engines(message: str) -> bool:
    """Whether a build ended for no reason that its Dockerfile gave; a client that was killed gives none."""
    return not message or _TROUBLE.search(unquoted(message).strip()) is not None


def is_refused(said: str) -> bool:
    """Whether `docker compose` came to nothing because the engine refused, for no reason of the file's."""
    return _OF_THE_ENGINE.search(said) is not None and not is_the_students(said)


def sounds_broken(output: str) -> bool:
    """Whether a step's output is nothing but a refusal of runc that no Dockerfile gives reason for.

    A step may print the same, so this is no verdict, only a reason to try again.
    """
    return output.startswith(_OF_RUNC) and not is_the_students(output)


def unquoted(message: str) -> str:
    """The same with nothing between its quotation marks."""
    return _QUOTED.sub('""', message)
