"""What a student found in an image that leaks, in the spellings that their tools give it."""

import pytest

from checks.expect.secrets import leak_found
from checks.outcomes import CheckFailed
from checks.parsing.text.yaml_file import parse_yaml


def judge(file: str) -> None:
    answers = parse_yaml(f"leaked_file: {file}\n".encode(), "answers.yaml")
    leak_found(answers, {"leaked_file": "/server/credentials.env"}, "EnvSecrets")


@pytest.mark.parametrize(
    "file", ["/server/credentials.env", "server/credentials.env", "./server/credentials.env"]
)
def test_the_whole_path_is_it(file: str) -> None:
    judge(file)


@pytest.mark.parametrize(
    "file",
    [
        "credentials.env",
        "/credentials.env",
        "/server/",
        "server/.wh.credentials.env",
        "//server/credentials.env",
        "../server/credentials.env",
        '""',
        '["/server/credentials.env"]',
    ],
)
def test_another_is_not(file: str) -> None:
    with pytest.raises(CheckFailed):
        judge(file)
