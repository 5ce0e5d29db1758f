"""The instructions of a Dockerfile, a dataclass for each keyword, their arguments expanded."""

from checks.parsing.instruction import Instruction, Invalid
from checks.parsing.instructions.command import Cmd, CommandLine, Entrypoint, Healthcheck, Shell
from checks.parsing.instructions.config import Label, Maintainer, StopSignal, User, Volume, Workdir
from checks.parsing.instructions.copy import Add, Copy, CopyOrAdd
from checks.parsing.instructions.expose import Expose
from checks.parsing.instructions.origin import From, OnBuild
from checks.parsing.instructions.run import Mount, Run
from checks.parsing.instructions.variables import Arg, Env

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
