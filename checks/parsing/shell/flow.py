"""The walk over a script: it lists the commands in the order in which they run, and whether each of them runs."""

from dataclasses import replace

from checks.parsing.shell.allowance import MAX_AROUND, Allowance
from checks.parsing.shell.branches import Branches, listed, source_of
from checks.parsing.shell.command import Command
from checks.parsing.shell.cursor import MAX_DEPTH
from checks.parsing.shell.functions import called, placed, unaliased
from checks.parsing.shell.grammar import Grammar
from checks.parsing.shell.nodes import AndOr, Compound, Node, Pipeline, Script, Simple, Substitution
from checks.parsing.shell.place import OK, OPEN, QUESTIONS, Ended, Place, after, apply, failing, known
from checks.parsing.shell.process import Process, Status
from checks.parsing.shell.script_files import FileCall, ScriptFiles
from checks.parsing.shell.words import Source, Word
from checks.parsing.shell.wrappers import BRACES, NOEXEC, ShellCall, peel, shell_call
from checks.parsing.text.problems import ParseError

MAX_EXPORTS = 200  # `export`s in one RUN


class Walk(Branches):
    """One walk over one RUN; it collects what it finds in `commands`."""

    def __init__(self, allowance: Allowance, files: ScriptFiles) -> None:
        super().__init__(allowance)
        self._files = files
        self.commands = list[Command]()
        self._level = 0
        self._calling = set[str]()  # the functions whose bodies it is walking, and the paths of files

    def script(self, script: Script, process: Process, place: Place) -> Ended:
        ended = OK
        for index, (operator, item) in enumerate(script.lists):
            if operator == "\n" and process.coming:
                process.aliases |= process.coming
            fatal = place.fatal and index == len(script.lists) - 1
            here = replace(place, fatal=fatal, operator=operator or place.operator)
            ended = self._and_or(item, process, here)
        return ended

    def _and_or(self, item: AndOr, process: Process, place: Place) -> Ended:
        if item.background:
            process = process.child(exit_fatal=False)
            place = replace(place.maybe("background").unheeded(), operator=place.operator)
        fails = failing(item, process, fatal=place.fatal)
        ended = OK
        for index, (operator, pipeline) in enumerate(item.pipelines):
            last = index == len(item.pipelines) - 1
            heeded = last and process.errexit and process.exit_fatal and not place.shielded
            here = replace(place, fatal=fails[index] or heeded, shielded=place.shielded or not last)
            if index:
                here = after(here, operator, ended, sure=operator == "&&" and fails[index - 1])
            now = self._pipeline(pipeline, process, here)
            ended = Ended(*(a.then(operator, b) for a, b in zip(ended, now, strict=True))) if index else now
        return OK if item.background else ended

    def _pipeline(self, pipeline: Pipeline, process: Process, place: Place) -> Ended:
        place = place.unheeded() if pipeline.negated else place
        if len(pipeline.elements) == 1:
            ended = self._node(pipeline.elements[0][1], process, place)
        else:
            ended = self._piped(pipeline, process, place.inside("pipe"))
        if not pipeline.negated:
            return ended
        return Ended(ended.certain.negated, ended.certain.negated)

    def _piped(self, pipeline: Pipeline, process: Process, place: Place) -> Ended:
        ended = OK
        for operator, node in pipeline.elements:
            last = node is pipeline.elements[-1][1]
            fatal = place.fatal and (last or process.pipefail)
            here = replace(place, operator=operator or place.operator, fatal=fatal)
            ended = self._node(node, process.child(exit_fatal=fatal), here)
        return Ended(Status.UNKNOWN, ended.usual) if process.pipefail else ended

    def _node(self, node: Node, process: Process, place: Place) -> Ended:
        place = replace(
            place,
            reach=min(place.reach, process.reached),
            certain=place.certain and process.certainly_reached,
        )
        for substitution in node.substitutions:
            self._substitution(
                substitution, process, place, fatal=isinstance(node, Simple) and not node.words
            )
        if isinstance(node, Simple):
            return self._simple(node, process, place)
        with_redirects = replace(place, redirects=(*node.redirects, *place.redirects))
        self._deeper(node.line, with_redirects)
        ended = self._compound(node, process, with_redirects)
        self._level -= 1
        return ended

    def _deeper(self, line: int, place: Place) -> None:
        self._level += 1
        if self._level > MAX_DEPTH:
            raise ParseError(f"shell code is nested deeper than {MAX_DEPTH} levels", line)
        if len(place.redirects) + len(place.settings) > MAX_AROUND:
            raise ParseError(f"more than {MAX_AROUND} redirects and settings surround this command", line)

    def _substitution(self, found: Substitution, process: Process, place: Place, *, fatal: bool) -> None:
        """Walk a substitution: a bare `X=$(cmd)` fails if `cmd` fails; other commands ignore that failure."""
        inner = place.inside("substitution") if found.always else place.maybe("substitution")
        inner = replace(inner if fatal else inner.unheeded(), operator="")
        self._level += 1
        self.script(found.script, process.child(exit_fatal=inner.fatal), inner)
        self._level -= 1

    def _simple(self, node: Simple, process: Process, place: Place) -> Ended:
        node = placed(unaliased(node, process), process)
        peeled = peel(node.words)
        if function := called(peeled.words, peeled.wrappers, process):
            return self._called(
                function,
                peeled.words[1:],
                process,
                replace(place, settings=(*place.settings, *node.settings)),
            )
        call = shell_call(peeled.words)
        settings = (*place.settings, *node.settings, *peeled.settings)
        if call and (source := source_of(call, node, self._level + 1)):
            return self._nested(source, call, process, replace(place, settings=settings), node.line)
        if run := self._files.called(peeled.words, settings):
            return self._file(run, process, replace(place, settings=settings), node.line)
        self._allowance.run(node.line)
        command = listed(node, peeled, process, replace(place, settings=settings))
        self.commands.append(command)
        apply(command, process, place.reach)
        if len(process.exports) > MAX_EXPORTS:
            raise ParseError(f"more than {MAX_EXPORTS} variables are exported", node.line)
        if command.name in QUESTIONS:
            return Ended(Status.UNKNOWN, Status.UNKNOWN)
        status = known(command.argv)
        return Ended(status, Status.OK if status is Status.UNKNOWN else status)

    def _called(
        self, function: Compound, arguments: tuple[Word, ...], process: Process, place: Place
    ) -> Ended:
        """Walk the body of a called function; a recursive call is not walked, its status is unknown."""
        if function.variable in self._calling:
            return OPEN
        self._allowance.run(function.line)
        self._allowance.repeat(function.size, function.line)
        self._deeper(function.line, place)
        self._calling.add(function.variable)
        outer, process.arguments = process.arguments, arguments
        ended = self.script(function.bodies[0].script, process, place.inside("function"))
        process.arguments, process.broken = outer, False
        self._calling.remove(function.variable)
        self._level -= 1
        return ended

    def _file(self, run: FileCall, process: Process, place: Place, line: int) -> Ended:
        """Walk the script in a file; one that runs itself is not walked again, its status is unknown."""
        if run.path in self._calling:
            return OPEN
        self._allowance.repeat(len(run.file.text), line)
        self._calling.add(run.path)
        ended = self._nested(run.file.source(self._level + 1), run.shell, process, place, line)
        self._calling.remove(run.path)
        return ended

    def _nested(self, source: Source, call: ShellCall, process: Process, place: Place, line: int) -> Ended:
        inner = process
        if not call.same_process:
            inner = process.child(exit_fatal=place.fatal)
            inner.errexit, inner.pipefail = "errexit" in call.options, "pipefail" in call.options
            inner.braces, inner.arguments = BRACES in call.options, call.arguments
            inner.is_program, inner.aliases = True, {}
            if NOEXEC in call.options:
                inner.end()
            place = replace(place, shielded=False)
        self._deeper(line, place)
        ended = self.script(Grammar(source, self._allowance).whole(), inner, place.inside("shell"))
        self._level -= 1
        return ended
