"""Tricky Dockerfiles, each with what BuildKit reads in it.

Beside each `NAME.dockerfile` stands `NAME.expected`: a line for each instruction, with its first and last
line, its keyword, and its value with single spaces.
"""

from pathlib import Path

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.dockerfile"))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_reads_what_buildkit_reads(file: Path) -> None:
    read = [
        f"{item.line} {item.end_line} {item.keyword} {' '.join(item.value.split())}"
        for item in parse_dockerfile(file.read_bytes()).instructions
    ]
    assert read == file.with_suffix(".expected").read_text(encoding="utf-8").split("\n")[:-1]


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 60
