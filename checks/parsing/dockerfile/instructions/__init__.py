"""The instructions of a Dockerfile, a dataclass for each keyword, their arguments expanded."""

from checks.parsing.dockerfile.instruction import Instruction, Invalid
from checks.parsing.dockerfile.instructions.command import Cmd, CommandLine, Entrypoint, Healthcheck, Shell
from checks.parsing.dockerfile.instructions.config import Label, Maintainer, StopSignal, User, Volume, Workdir
from checks.parsing.dockerfile.instructions.copy import Add, Copy, CopyOrAdd
from checks.parsing.dockerfile.instructions.expose import Expose
from checks.parsing.dockerfile.instructions.origin import From, OnBuild
from checks.parsing.dockerfile.instructions.run import Mount, Run
from checks.parsing.dockerfile.instructions.variables import Arg, Env

__all__ = [
    "Add",
    "Arg",
    "Cmd",
    "CommandLine",
    "Copy",
    "CopyOrAdd",
    "Entrypoint",
    "Env",
    "Expose",
    "From",
    "Healthcheck",
    "Instruction",
    "Invalid",
    "Label",
    "Maintainer",
    "Mount",
    "OnBuild",
    "Run",
    "Shell",
    "StopSignal",
    "User",
    "Volume",
    "Workdir",
]
