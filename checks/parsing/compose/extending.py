"""Resolve `extends` of services in the same file, and merge the documents of a file, as Compose does first."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from checks.parsing.compose.merging import Merger
from checks.parsing.text.problems import MAX_COMPARED, Problems, suggestion
from checks.parsing.text.yaml_node import Entry, Tree, YamlNode

MAX_CHAIN = 50  # services that extend each other: Python's stack is more limited than Compose's
EXTENDS = "extends"


def written_out(documents: Sequence[YamlNode], problems: Problems) -> YamlNode:
    """Merge all documents of a file into one, with `extends` of their services resolved."""
    merger = Merger(problems)
    tree = Tree(MappingProxyType({}), documents[0].line)
    for document in documents:
        tree = merger.merged(tree, _extended(document, merger), ())
    return YamlNode(documents[0].file, "", replace(tree, line=documents[0].line))


def _extended(document: YamlNode, merger: Merger) -> Tree:
    """Return a document with its services merged with those that they extend, all from the same document."""
    services = document.tree.entries.get("services")
    if services is None or not any(EXTENDS in entry.tree.entries for entry in services.tree.entries.values()):
        return document.tree
    bases = _Bases(services.tree.entries, document.file, merger)
    entries = {name: replace(entry, tree=bases.whole(name)) for name, entry in bases.services.items()}
    whole = replace(services.tree, content=MappingProxyType(entries))
    return replace(
        document.tree,
        content=MappingProxyType({**document.tree.entries, "services": replace(services, tree=whole)}),
    )


@dataclass(slots=True)
class _Bases:
    services: Mapping[str, Entry]
    file: str
    merger: Merger
    known: dict[str, Tree] = field(default_factory=dict)
    following: list[str] = field(default_factory=list)

    def whole(self, name: str) -> Tree:
        """Return a service merged with all services that it extends."""
        if name not in self.known:
            self.following.append(name)
            self.known[name] = self._whole(name)
            self.following.pop()
        return self.known[name]

    def _whole(self, name: str) -> Tree:
        service = self.services[name].tree
        extends = service.entries.get(EXTENDS)
        base = _named(extends.tree, self.file) if extends else None
        if extends is None or base is None:
            return service
        own = _without_extends(service)
        if why := self._why_not(base):
            self.merger.problems.add(extends.line, f"`services.{name}.extends`: {why}")
            return own
        return self.merger.merged(_without_tag(self.whole(base)), own, ("services", name))

    def _why_not(self, base: str) -> str:
        if base not in self.services:
            slip = suggestion(base, self.services, MAX_COMPARED)
            return f"there is no service `{base[:60]}` under `services:`{slip}"
        if base in self.following:
            circle = [*self.following[self.following.index(base) :], base]
            return f"a circle: {' extends '.join(f'`{name[:60]}`' for name in circle[:10])}"
        return f"more than {MAX_CHAIN} services in a chain" if len(self.following) > MAX_CHAIN else ""


def _named(extends: Tree, file: str) -> str | None:
    """Return the service of the same file that `extends` names; None for another file or no name."""
    if isinstance(extends.content, str):
        return extends.content
    other, service = (extends.entries.get(key) for key in ("file", "service"))
    is_here = other is None or posixpath.normpath(other.tree.text) == posixpath.normpath(file)
    return service.tree.content if service and is_here and isinstance(service.tree.content, str) else None


def _without_extends(service: Tree) -> Tree:
    kept = {key: entry for key, entry in service.entries.items() if key != EXTENDS}
    return replace(service, content=MappingProxyType(kept))


def _without_tag(service: Tree) -> Tree:
    return replace(service, tag=None)
