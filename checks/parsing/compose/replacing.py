"""The variables of a Compose file, replaced: what has failed is marked, so that nothing more is said of it."""

from dataclasses import dataclass, field, replace

from checks.parsing.interpolation import Interpolation, InterpolationError, Lookup
from checks.parsing.problems import Problem, Problems
from checks.parsing.yamlnode import Tree, YamlNode

FAILED = "!!failed"  # no file can have this tag: two exclamation marks are short for another
PROJECT = (
    "project"  # what `${COMPOSE_PROJECT_NAME}` stands for: Compose always has a name, most often the folder's
)
HERE = "."  # what `${PWD}` stands for, as a path: a file is always read from its own folder


@dataclass(slots=True)
class Replacing:
    """One file; `unset` says which variables were replaced by nothing, and where."""

    variables: Lookup
    problems: Problems
    unset: list[Problem] = field(default_factory=list)
    _interpolation: Interpolation = field(init=False)

    def __post_init__(self) -> None:
        self._interpolation = Interpolation(self._lookup)

    def of(self, node: YamlNode) -> YamlNode:
        """The node with all of its values replaced."""
        return node.replaced(self._replaced)

    def _lookup(self, name: str) -> str | None:
        if name == "COMPOSE_PROJECT_NAME":
            return self.variables(name) or PROJECT
        return HERE if name == "PWD" else self.variables(name)

    def _replaced(self, tree: Tree) -> Tree:
        if "$" not in tree.text:
            return tree
        self._interpolation.unset.clear()
        try:
            text = self._interpolation.apply(tree.text)
        except InterpolationError as error:
            self.problems.add(tree.line, str(error))
            return replace(tree, content="", text="", tag=FAILED)
        names = tuple(dict.fromkeys(self._interpolation.unset))
        for name in names:
            self.unset.append(
                Problem(tree.line, f"`{name}` is not set, and Compose puts nothing in its place")
            )
        return replace(tree, content=text, text=text, is_plain=False, note=_note(names))


def _note(names: tuple[str, ...]) -> str:
    listed = ", ".join(f"`{name}`" for name in names)
    return f"; {listed} {'is' if len(names) == 1 else 'are'} not set" if names else ""
