"""Services that boot together: what each may do alone, and several may not."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.engine.compose.binds import entangled
from checks.engine.compose.bounded import memory_taken
from checks.engine.compose.counts import LIMITS as PROJECT
from checks.engine.compose.hazards import Hazard
from checks.evidence.output import visible_line
from checks.expect.failure import CheckFailed
from checks.grading.composing import LIMITS, Form
from checks.grading.safety import line_of, refuse

if TYPE_CHECKING:
    from checks.grading.gathering import Gathering

APART = "no mount, secret or config that lies in a folder which a service may write to"
APART_HELP = (
    "The grader mounts a copy of each path, so that no container can put a link where another one mounts: "
    "what one writes, the other would not see. Mount the outer one read-only (`:ro`), or only what is written to."
)


def judge_together(gathering: "Gathering", form: Form, names: Iterable[str]) -> None:
    """What services may not do that boot together, of which each alone may be right; raises `CheckFailed`."""
    document, root = form.of(names), gathering.workspace().root
    for place, why in entangled(document, root):
        file, line = gathering.path_of(form.compose.path), line_of(form.compose.node, place)
        raise CheckFailed(APART, visible_line(why), APART_HELP, file=file, line=line)
    if (taken := memory_taken(document["services"], LIMITS.memory_mib)) > PROJECT.memory_mib:
        most = PROJECT.memory_mib
        why = f"memory of {taken} MiB is more than is given: at most {most} (the limit of memory)"
        refuse(gathering, form.compose, [Hazard("services", 0, f"all services together: {why}")])
    for section in ("secrets", "configs"):
        for name, entry in document[section].items():
            if (variable := entry.get("environment")) and variable not in form.variables:
                raise CheckFailed(
                    f"a value for `{visible_line(variable)}` in `.env`, from which a container gets it as a file",
                    "there is none",
                    f"Put it into `{gathering.lab.text('environment')}`.",
                    file=gathering.path_of(form.compose.path),
                    line=line_of(form.compose.node, f"{section}.{name}"),
                )
