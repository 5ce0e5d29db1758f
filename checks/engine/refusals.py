"""Tell whose fault it is that an engine does not start a container, or gives up a build.

The first list holds the messages of dockerd, containerd and runc that only a change to the Dockerfile or
Compose file can avoid. Any other message (a port in use, no address left, a busy device) is never a student's
fault. A test makes a real engine print each line, except for memory and for a working directory that cannot be
entered, which none of our Dockerfiles caused. Builds fail for countless reasons, so the second list holds those
that are never the student's. A student may have chosen the text in quotation marks, so we ignore it.
"""

import re

# The kernel's errors for the program to start (execve(2)), and Go's for its search in PATH.
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
# The kernel's errors for a mount (mount(2)), and runc's for places that may not be mounted over.
_TARGET = (
    "not a directory",
    "is a directory",
    "read-only file system",
    "too many levels of symbolic links",
    "invalid argument",
    "because it is (?:not of type|inside)",
)
_THE_STUDENTS = (
    # dockerd, before it creates a container
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
# How a client of Docker says that it does not reach the engine, before release 29, since then, and before both.
UNREACHED = ("Cannot connect to the Docker", "failed to connect to the docker API", "error during connect")
_CODES = "(?:Unavailable|Canceled|Internal|ResourceExhausted|DeadlineExceeded|Aborted)"  # gRPC's
# Messages of a build when the engine or the machine fails: gRPC's, whose code BuildKit's client prints in two ways,
# the kernel's (errno(3)), and those of a store that has lost what it knew a moment ago.
_TROUBLE = re.compile(
    rf"rpc error: code = {_CODES}|^{_CODES}: |{'|'.join(UNREACHED)}|"
    "(?:no space left on device|device or resource busy|input/output error|cannot allocate memory|"
    "resource temporarily unavailable|too many open files|connection reset by peer|broken pipe|"
    "context canceled|context deadline exceeded|disk quota exceeded|database not open|"
    "client connection lost)(?:: unknown)?$|"
    "^failed to (?:prepare|create|mount|export|commit|get) .*(?:layer|snapshot|lease)|"
    r"(?:failed to load cache:|deleted record \S+:|\bblob|content digest \S+:) not found$|"
    r"snapshot \S+ does not exist(?:: not found)?$|"
    "failed to create (?:shim|endpoint)|layer does not exist|failed to start (?:network|sandbox)"
)
# Errors of the engine or of the connection, as Compose passes them on; it reports unhealthy services itself.
_OF_THE_ENGINE = re.compile(
    rf"Error response from daemon|{'|'.join(UNREACHED)}|unexpected EOF|: EOF$|resource temporarily unavailable|"
    "connection reset by peer|broken pipe|(?:context|request) canceled|context deadline exceeded|"
    "no space left on device",
    re.MULTILINE,
)
_OF_RUNC = "runc run failed: "  # prefix of the output of a step that did not start
_REFUSAL = re.compile("|".join(_THE_STUDENTS))
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def is_the_students(message: str) -> bool:
    """Whether an engine refused because of a request of an image or a Compose file."""
    return _REFUSAL.search(unquoted(message)) is not None


def is_the_engines(message: str) -> bool:
    """Whether a build failed for a reason outside its Dockerfile; a killed client leaves an empty message."""
    return not message or _TROUBLE.search(unquoted(message).strip()) is not None


def is_refused(said: str) -> bool:
    """Whether `docker compose` failed because of the engine, and not because of the Compose file."""
    return _OF_THE_ENGINE.search(said) is not None and not is_the_students(said)


def sounds_broken(output: str) -> bool:
    """Whether a step's output is an error of runc that no Dockerfile causes.

    A step may print the same text, so this is only a reason to try again, not a verdict.
    """
    return output.startswith(_OF_RUNC) and not is_the_students(output)


def unquoted(message: str) -> str:
    """Return the message with all quoted text removed."""
    return _QUOTED.sub('""', message)
