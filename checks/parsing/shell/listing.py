"""What a node amounts to: the command listed, the text that a shell is given, a loop's words."""

from checks.parsing.shell.braces import braced
from checks.parsing.shell.command import Command
from checks.parsing.shell.nodes import Simple
from checks.parsing.shell.place import Place
from checks.parsing.shell.process import Process, Reach
from checks.parsing.shell.source import Source
from checks.parsing.shell.words import Part, Word
from checks.parsing.shell.wrappers import Peeled, ShellCall


def source_of(call: ShellCall, node: Simple, depth: int) -> Source | None:
    """The text that a shell is given, when it is written here."""
    if call.script is not None:
        pieces = [piece for word in call.script for piece in (*_pieces(word), (" ", node.line))]
        return Source.joined(pieces, depth)
    for redirect in reversed(node.redirects):
        if redirect.body is not None:
            return Source.joined([(redirect.body, redirect.body_line)], depth)
        if redirect.operator == "<<<":
            return Source.joined([(redirect.target, node.line)], depth)
    return None


def listed(node: Simple, peeled: Peeled, process: Process, place: Place) -> Command:
    """A simple command as rules see it."""
    certain = place.certain and place.reach is not Reach.NO
    named = (*peeled.words, *(word for _, word in place.settings))
    return Command(
        words=peeled.words,
        raw=node.raw,
        line=node.line,
        operator=place.operator,
        settings=place.settings,
        exports=process.exports,
        redirects=(*node.redirects, *place.redirects),
        context=(*place.context, "xargs") if "xargs" in peeled.wrappers else place.context,
        wrappers=peeled.wrappers,
        variables=process.mentioned(named),
        errexit=process.errexit,
        braces=process.braces,
        runs=place.reach is Reach.YES or certain,
        certain=certain,
        fatal=place.fatal,
        allowance=process.allowance,
    )


def _pieces(word: Word) -> list[tuple[str, int]]:
    return [(part.text, part.line) for part in word.parts]


def items_of(word: Word, process: Process) -> list[Word]:
    """The words of a loop that one word stands for."""
    words = braced(word, process.allowance) if process.braces else [word]
    return [item for plain in words for item in _items(plain, process)]


def _items(word: Word, process: Process) -> list[Word]:
    resolved = process.resolve(word)
    if resolved is None:
        return [word]
    if word.literal or not resolved.literal:
        return [resolved]
    splits = any(part.expands and not part.quoted for part in word.parts)
    values = resolved.text.split() if splits else [resolved.text]
    return [Word.of((Part(value, quoted=True, expands=False, line=word.parts[0].line),)) for value in values]
