"""ENV and ARG: the variables of a build."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from checks.parsing.dockerfile.instruction import Instruction
from checks.parsing.dockerfile.state import State
from checks.parsing.dockerfile.syntax import pairs, quoted_words
from checks.parsing.text.problems import Refused

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context


@dataclass(frozen=True, slots=True)
class Env(Instruction):
    """`ENV name=value ...`; all values see the variables from before the instruction."""

    KEYWORD = "ENV"

    variables: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        written = pairs(context.arguments, context.dialect.escape, cls.KEYWORD)
        variables = tuple((context.expand(name), context.expand(value)) for name, value in written)
        return cls(*cls.common(context), variables)

    def after(self) -> State:
        return self.state.with_variables("environment", dict(self.variables), self)


@dataclass(frozen=True, slots=True)
class Arg(Instruction):
    """`ARG name[=default] ...`; a value is None if the file and the build give none."""

    KEYWORD = "ARG"

    variables: tuple[tuple[str, str | None], ...]

    @classmethod
    def read(cls, context: "Context") -> Self:
        words = quoted_words(context.arguments, context.dialect.escape)
        if not words:
            raise Refused("ARG requires at least one argument")
        found: dict[str, str | None] = {}
        for word in words:
            name, equals, default = word.partition("=")
            if not name:
                raise Refused(f"ARG has a value without a name: `{word}`")
            found[name] = _value(name, default if equals else None, found, context)
        return cls(*cls.common(context), tuple(found.items()))

    def after(self) -> State:
        given = {name: value for name, value in self.variables if value is not None}
        return self.state.with_variables("arguments", given, self)


def _value(name: str, default: str | None, earlier: dict[str, str | None], context: "Context") -> str | None:
    """Return the build argument, else the default, else the value of an ARG above the first FROM."""
    given = context.dialect.build_args.get(name)
    if given is not None:
        return given
    if default is None:
        return context.global_state.arguments.get(name)
    return context.expand_after(default, earlier)
