"""A tricky `.env` file: Compose puts into a container what the grader reads."""

import json
import subprocess
from pathlib import Path

from checks.engine import Engine
from checks.parsing.compose.dotenv import parse_dotenv

TRICKY = r"""# a comment
  # an indented one

PLAIN=value
SPACED =  value with spaces  # and a comment
HASH=a#b
STARTS= #not a comment
export EXPORTED=yes
YAML: colon
SINGLE='lit $PLAIN # kept \n'
DOUBLE="tab\there $PLAIN \$PLAIN \"q\" # kept"
SINGLE_ESCAPED='it\'s \"\\ \n'
BACKSLASHES="C:\\path\\"
BEHIND="x" # y
LINES="one
two
three"
EMPTY=
QUOTED_EMPTY=""
REFERS=${PLAIN}-${UNSET:-default}-$SPACED
EQUALS=a=b=c
URL=https://example.org/?q=1&r=2
DOT.TED=1
PLAIN=again
"""


def test_compose_reads_the_same(engine: Engine, tmp_path: Path) -> None:
    """Compose itself as the oracle: what it puts into a container is what is read here."""
    (tmp_path / "some.env").write_text(TRICKY)
    (tmp_path / "compose.yaml").write_text("services: {a: {image: x, env_file: some.env}}")
    kept = {
        key: value for key, value in engine.environment.items() if key in {"PATH", "HOME", "DOCKER_CONFIG"}
    }
    command = [str(engine.cli), "compose", "--project-directory", str(tmp_path), "config", "--format", "json"]
    done = subprocess.run(command, env=kept, capture_output=True, check=True, cwd=tmp_path)
    told = json.loads(done.stdout)["services"]["a"]["environment"]
    read = {entry.name: entry.value for entry in parse_dotenv(TRICKY.encode()).variables}
    assert {name: value.replace("$$", "$") for name, value in told.items()} == read
