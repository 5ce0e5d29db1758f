"""Requirements files, as pip reads them.

The format is pip's "Requirements File Format"; details that it leaves open (how lines are joined, where a comment
begins) follow pip's code.
"""

import codecs
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from checks.parsing.packages.specifiers import Requirement, parse_requirement
from checks.parsing.shell.options import read_arguments
from checks.parsing.text.problems import ParseError

MAX_FILE = 1_000_000  # bytes of one requirements file
MAX_REQUIREMENTS = 5_000  # locks of large projects list a few hundred
MAX_CHARACTERS = 250_000
MAX_RAW = 200  # characters of an invalid line, kept to show

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_OPTIONS = re.compile(r"(?:^|(?<= ))-")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_MENTION = re.compile(rb"\$\{([A-Z0-9_]+)\}")
_VALUED = frozenset(
    {
        "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url",
        "-f", "--find-links", "--extra-index-url", "--no-binary", "--only-binary", "--trusted-host",
        "--use-feature", "--hash", "--config-settings", "-C", "--global-option",
    }
)  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class RequirementsFile:
    """A parsed requirements file; `includes` and `constraints` are paths as written, with their lines."""

    path: str
    requirements: tuple[Requirement, ...]
    includes: tuple[tuple[str, int], ...]
    constraints: tuple[tuple[str, int], ...]
    options: tuple[str, ...]  # names of the other options, `--index-url`


@dataclass(slots=True)
class _Collected:
    """The contents of the lines parsed so far."""

    requirements: list[Requirement] = field(default_factory=list)
    includes: list[tuple[str, int]] = field(default_factory=list)
    constraints: list[tuple[str, int]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    characters: int = 0  # of requirements only: hashes and options may be long

    def add(self, text: str, number: int) -> None:
        front, rest = _split_options(text)
        self.characters += len(front)
        try:
            options = read_arguments(shlex.split(rest), _VALUED).options
        except ValueError:
            self.requirements.append(Requirement(text[:MAX_RAW], number, reason="its quotes do not match"))
            return
        hashes = tuple(option.value or "" for option in options if option.name == "--hash")
        if front:
            self.requirements.append(replace(parse_requirement(front, line=number), hashes=hashes))
        for option in options:
            self._option(option.name, option.value or "", number)

    def _option(self, name: str, value: str, number: int) -> None:
        if name in {"-r", "--requirement"}:
            self.includes.append((value, number))
        elif name in {"-c", "--constraint"}:
            self.constraints.append((value, number))
        elif name in {"-e", "--editable"}:
            self.requirements.append(replace(parse_requirement(value, line=number), editable=True))
        elif name != "--hash":
            self.options.append(name)


def parse_requirements(
    data: bytes | str, path: str, *, environment: Mapping[str, str] | None = None
) -> RequirementsFile:
    """Parse a whole file. `path` is for messages; included files are listed, not opened.

    `environment` is for `${NAME}`, which stays as written if it is unset.
    Raises ParseError for a file that is too large or not text.
    """
    known = environment or {}
    found, length = _Collected(), 0
    for count, (number, text) in enumerate(_logical_lines(_decode(data, path))):
        if count == MAX_REQUIREMENTS:
            raise ParseError(f"{path} has more than {MAX_REQUIREMENTS:,} requirements and options", number)
        length += sum(len(known.get(name, "")) for name in _VARIABLE.findall(text))
        if length > MAX_FILE:
            raise ParseError(f"the variables in {path} come to more than {MAX_FILE:,} characters", number)
        found.add(_VARIABLE.sub(lambda match: known.get(match[1], match[0]), text), number)
        if found.characters > MAX_CHARACTERS:
            raise ParseError(f"{path} has requirements of more than {MAX_CHARACTERS:,} characters", number)
    return RequirementsFile(
        path, tuple(found.requirements), tuple(found.includes), tuple(found.constraints), tuple(found.options)
    )


def mentioned(data: bytes) -> tuple[str, ...]:
    """Return the names of the variables in a requirements file, each once."""
    return tuple(dict.fromkeys(name.decode() for name in _MENTION.findall(data)))


def _decode(data: bytes | str, path: str) -> str:
    if len(data) > MAX_FILE:
        raise ParseError(f"{path} has {len(data)} bytes; more than {MAX_FILE} are not read")
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    encoding = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ParseError(f"{path} is not UTF-8 text", line) from error


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join continued lines, drop comments and empty lines, and yield each with its first line number."""
    pieces: list[str] = []
    first = 1
    for number, line in enumerate(text.splitlines(), start=1):
        first = first if pieces else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            pieces.append(line.rstrip("\\"))
            continue
        whole = _COMMENT.sub("", "".join([*pieces, " " if is_comment else "", line])).strip()
        pieces = []
        if whole:
            yield first, whole
    if whole := _COMMENT.sub("", "".join(pieces)).strip():
        yield first, whole


def _split_options(text: str) -> tuple[str, str]:
    """Return the requirement and the options after it, which begin at the first word with a `-`."""
    match = _OPTIONS.search(text)
    return (text[: match.start()].strip(), text[match.start() :]) if match else (text, "")
