"""Whether apt brings recommended packages along: by what it is told, else by the configuration it finds."""

from collections.abc import Iterator

from checks.parsing.apt import apt_settings, is_apt_configuration, recommends_set
from checks.parsing.instructions import CopyOrAdd, Run
from checks.parsing.software import AptStep, apt_steps_of, by_command, variables_at
from checks.parsing.stages import Stage


def brings_recommended(stage: Stage) -> Iterator[AptStep]:
    """Every call of apt in the stage that may install recommended packages, in order."""
    configured = dict[str, bool]()
    for instruction in stage.lineage:
        if isinstance(instruction, CopyOrAdd):
            configured.update(_copied(instruction))
        elif isinstance(instruction, Run):
            yield from _brought(instruction, configured)


def _copied(copy: CopyOrAdd) -> Iterator[tuple[str, bool]]:
    """Configuration that is written into the Dockerfile itself, as a heredoc."""
    for path, text in copy.written.items():
        recommends = recommends_set(text)
        if is_apt_configuration(path) and recommends is not None:
            yield path, recommends


def _brought(run: Run, configured: dict[str, bool]) -> Iterator[AptStep]:
    """The RUN's own calls; what it writes counts from there on."""
    variables = variables_at(run)
    settings = apt_settings([command for command in run.commands if command.runs], variables)
    written = by_command((entry.command, entry) for entry in settings)
    steps = by_command((step.command, step) for step in apt_steps_of(run))
    for command in run.commands:
        configured.update((entry.path, entry.recommends) for entry in written.get(id(command), ()))
        for step in steps.get(id(command), ()):
            if step.apt and step.apt.adds_packages:
                said = step.apt.recommends
                if said is None:
                    said = _in_force(configured)
                if said:
                    yield step


def _in_force(configured: dict[str, bool]) -> bool:
    """Apt reads its files in the order of their names and apt.conf last; the last word counts."""
    last = max(configured, key=lambda path: (path == "/etc/apt/apt.conf", path), default=None)
    return configured[last] if last else True
