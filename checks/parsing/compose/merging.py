"""Merge two parts of a Compose file, for `extends` and for a second document (`---`).

Rules: the Compose Specification, "Merge". Mappings are merged, lists are joined, and commands are replaced.
Equivalent forms are first normalised to one. `!override` replaces, `!reset` removes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from checks.parsing.compose.values import short_mount
from checks.parsing.text.problems import ParseError, Problems
from checks.parsing.text.yaml_node import Entry, Tree
from checks.parsing.text.yaml_scalars import size_of

MAX_MERGED = 50_000  # merged nodes, with long texts counted as several; a real file has a few hundred
RESET, OVERRIDE = "!reset", "!override"

_EMPTY = frozenset({"volumes", "networks"})  # sections whose entries may be empty
_SECTIONS = _EMPTY | {"services", "secrets", "configs"}
_REPLACED = frozenset({"command", "entrypoint", "healthcheck.test"})
_PAIRS = frozenset(
    {"annotations", "build.args", "build.additional_contexts", "build.labels", "deploy.labels", "environment",
     "labels", "sysctls"}
)  # fmt: skip
_HOSTS = frozenset({"extra_hosts", "build.extra_hosts"})
_LISTS = frozenset({"dns", "dns_opt", "dns_search", "env_file", "label_file", "tmpfs"})


@dataclass(slots=True)
class Merger:
    """Merge within one file; `left` is how many more nodes it may merge."""

    problems: Problems
    left: int = MAX_MERGED

    def merged(self, base: Tree, over: Tree, place: tuple[str, ...] = ()) -> Tree:
        """Merge `over` into `base`, both at one place of the file (`("services", "api")`)."""
        if over.tag == OVERRIDE:
            return self.plain(over)
        self._require_mappings(base, over, place)
        if base.content is None:
            return self.plain(over)
        within = ".".join(place[2:]) if place[:1] == ("services",) else ""
        if within in _REPLACED or (within == "logging" and _is_another(base, over)):
            return self.plain(over)
        # In pairs, None means a name without a value.
        if over.content is None and within.rpartition(".")[0] not in _PAIRS:
            return base
        return self._joined(_one_form(base, within), _one_form(over, within), place, within)

    def plain(self, tree: Tree) -> Tree:
        """Return the tree without tags and without the entries that `!reset` removes."""
        content = tree.content
        if isinstance(content, Mapping):
            kept = {key: entry for key, entry in content.items() if entry.tree.tag != RESET}
            self._spend(len(kept))
            entries = {key: replace(entry, tree=self.plain(entry.tree)) for key, entry in kept.items()}
            return _mapping(tree, entries)
        if isinstance(content, tuple):
            self._spend(len(content))
            return replace(tree, content=tuple(map(self.plain, content)), tag=None)
        self._spend(size_of(tree.text) - 1)
        return replace(tree, tag=None) if tree.tag in {OVERRIDE, RESET} else tree

    def _joined(self, base: Tree, over: Tree, place: tuple[str, ...], within: str) -> Tree:
        if isinstance(base.content, Mapping) and isinstance(over.content, Mapping):
            return self._mappings(base, over, place)
        if isinstance(base.content, tuple) and isinstance(over.content, tuple):
            self._spend(len(base.content) + len(over.content))
            elements = (*base.content, *self.plain(over).elements)
            return replace(over, content=_once(elements, within), tag=None)
        if isinstance(base.content, Mapping | tuple) and not within.startswith("ulimits."):
            shown = ".".join(place)
            self.problems.add(
                over.line, f"`{shown}` is of another kind than in line {base.line}: no merge of the two"
            )
        return self.plain(over)

    def _require_mappings(self, base: Tree, over: Tree, place: tuple[str, ...]) -> None:
        """Compose validates each document before the next is merged, so that no later one can mend a section."""
        if not place or place[0] not in _SECTIONS or len(place) > len(("services", "its name")):
            return
        may_be_empty = len(place) > 1 and place[0] in _EMPTY
        wrong = [] if isinstance(base.content, Mapping) or (base.content is None and may_be_empty) else [base]
        wrong += [over] if over.content is None and place == ("services",) else []
        for tree in wrong:
            self.problems.add(tree.line, f"`{'.'.join(place)}` should be a mapping")

    def _mappings(self, base: Tree, over: Tree, place: tuple[str, ...]) -> Tree:
        entries = base.entries
        self._spend(len(entries) + len(over.entries))
        for key, entry in over.entries.items():
            if entry.tree.tag == RESET:
                entries.pop(key, None)
            elif key in entries:
                entries[key] = replace(entry, tree=self.merged(entries[key].tree, entry.tree, (*place, key)))
            else:
                entries[key] = replace(entry, tree=self.plain(entry.tree))
        return _mapping(over, entries)

    def _spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise ParseError(f"its parts come to more than {MAX_MERGED:,} values when they are merged")


def _mapping(tree: Tree, entries: dict[str, Entry]) -> Tree:
    return replace(tree, content=MappingProxyType(entries), tag=None)


def _one_form(tree: Tree, within: str) -> Tree:
    """Convert short forms into long ones, so that they can be merged."""
    if within in _HOSTS:
        return _hosts(tree)
    if within in _KEYED:
        return _keyed(tree, _KEYED[within])
    if within == "build" and isinstance(tree.content, str):
        return _mapping(tree, {"context": Entry(tree.line, tree)})
    if within in _LISTS and isinstance(tree.content, str):
        return replace(tree, content=(replace(tree, tag=None),))
    return tree


def _keyed(tree: Tree, pair: Callable[[str, int], tuple[str, Tree]]) -> Tree:
    """Convert a list of texts into a mapping; return anything else unchanged."""
    if not isinstance(tree.content, tuple):
        return tree
    found = dict[str, Entry]()
    for element in tree.content:
        key, value = pair(element.text, element.line)
        found[key] = Entry(element.line, value)
    return _mapping(tree, found)


def _pair(text: str, line: int) -> tuple[str, Tree]:
    name, has_value, value = text.partition("=")
    return name, Tree(value, line, value) if has_value else Tree(None, line)


def _hosts(tree: Tree) -> Tree:
    """Map each host to the list of its addresses, so that the addresses of both parts are joined."""
    found = dict[str, Entry]()
    for element in tree.elements:
        name, _, address = element.text.partition("=" if "=" in element.text else ":")
        known = found[name].tree.elements if name in found else ()
        line = element.line
        found[name] = Entry(line, Tree((*known, Tree(address, line, address)), line))
    for name, entry in tree.entries.items():
        one = entry.tree
        found[name] = entry if isinstance(one.content, tuple) else replace(entry, tree=Tree((one,), one.line))
    return _mapping(tree, found) if isinstance(tree.content, tuple | Mapping) else tree


def _started(line: int) -> Tree:
    text = "service_started"
    return Tree(MappingProxyType({"condition": Entry(line, Tree(text, line, text))}), line)


def _is_another(base: Tree, over: Tree) -> bool:
    """Return whether both name a driver, but different ones: the options of one do not apply to the other."""
    named = [tree.entries["driver"].tree.text for tree in (base, over) if "driver" in tree.entries]
    return len(set(named)) > 1


_KEYED: Mapping[str, Callable[[str, int], tuple[str, Tree]]] = {
    **dict.fromkeys(_PAIRS, _pair),
    "depends_on": lambda text, line: (text, _started(line)),
    "networks": lambda text, line: (text, Tree(None, line)),
}


def _once(elements: tuple[Tree, ...], within: str) -> tuple[Tree, ...]:
    """Keep only the last mount at each target, and each address of a host once."""
    if within == "volumes":
        return tuple({_target(element): element for element in elements}.values())
    if within.rpartition(".")[0] in _HOSTS:
        return tuple({element.text: element for element in elements}.values())
    return elements


def _target(mount: Tree) -> object:
    target = mount.entries.get("target")
    found = target.tree.text if target else short_mount(mount.text).target
    return found or id(mount)
