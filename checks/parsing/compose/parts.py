"""Parts of a Compose file that may be missing, or be of another kind than they should be."""

from collections.abc import Iterator

from checks.parsing.yamlnode import YamlNode


def below(node: YamlNode | None, *keys: str) -> YamlNode | None:
    """What stands at these keys, one in the other; None where one is missing."""
    for key in keys:
        node = node.get(key) if node is not None else None
    return node


def elements(node: YamlNode | None) -> Iterator[YamlNode]:
    """The elements of a list; none of anything else."""
    return node.elements() if node is not None and node.is_list else iter(())


def children(node: YamlNode | None) -> Iterator[YamlNode]:
    """The values of a mapping; none of anything else."""
    return (child for _, child in node.items()) if node is not None and node.is_mapping else iter(())
