"""Publish an image: `publish.yaml` says under which names, and each is tagged and pushed.

    repository: model-service
    tags: ["{version}", latest]

`{version}` stands for the build argument VERSION, as the name of any other build argument would in lower case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.engine.engine import Engine
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import ParseError, Refused
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_node import YamlNode

FILE = "publish.yaml"
MAX_TAGS = 10


@dataclass(frozen=True, kw_only=True)
class Publication(Section):
    """The repository of an image, and its tags."""

    repository: str
    tags: tuple[str, ...]

    @property
    def names(self) -> Sequence[str]:
        """`repository:tag` for each tag."""
        return [f"{self.repository}:{tag}" for tag in self.tags]


def read_publication(node: YamlNode, arguments: Mapping[str, str]) -> Publication:
    """Read a `publish.yaml`, its tags filled in; raise `ParseError` for a wrong key, type, or name."""
    try:
        written = read_as(Publication, node, node.value if isinstance(node.value, Mapping) else {})
    except Mistyped as mistyped:
        raise ParseError(mistyped.problems[0].message, mistyped.problems[0].line) from None
    if len(written.tags) > MAX_TAGS:
        raise ParseError(f"there are more than {MAX_TAGS} tags", node["tags"].line)
    found = Publication(
        repository=written.repository, tags=tuple(_filled(tag, arguments) for tag in written.tags)
    )
    for name in found.names:
        _refuse_invalid(name, node)
    return found


def _refuse_invalid(name: str, node: YamlNode) -> None:
    line = node["tags"].line
    try:
        image = ImageReference.parse(name)
    except Refused as refused:
        placeholder = "; `{version}`, in small letters, stands for the VERSION of the build"
        raise ParseError(f"{refused}{placeholder if set('{$') & set(name) else ''}", line) from None
    if image.domain or image.digest or not image.tag:
        raise ParseError(f"`{name}` is not a path and a tag: the registry comes from `make push...`", line)


def publish(engine: Engine, reference: str, registry: str, names: Sequence[str]) -> None:
    """Tag a local image and push it, once for each name; raise `EngineError` if the registry refuses one."""
    for name in names:
        target = f"{registry}/{name}"
        engine.run_cli("tag", reference, target)
        try:
            engine.run_cli("push", "--quiet", target)
        finally:
            engine.run_cli("image", "rm", target)


def _filled(tag: str, arguments: Mapping[str, str]) -> str:
    for name, value in arguments.items():
        tag = tag.replace(f"{{{name.lower()}}}", value)
    return tag
