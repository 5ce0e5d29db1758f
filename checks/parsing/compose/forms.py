"""Forms that many keys of a Compose file have in common."""

from checks.parsing.compose.scalars import COMMAND_TEXT, HOST, LABEL, NOTHING, OPTION, TEXT
from checks.parsing.compose.shapes import Anything, Either, Keys, ListOf, MapOf

ANY = Anything()
TEXTS = ListOf(TEXT)
DISTINCT = ListOf(TEXT, unique=True)  # where Compose does not take the same twice for once
TEXT_OR_TEXTS = Either((TEXT, TEXTS))
COMMAND = Either((NOTHING, COMMAND_TEXT, TEXTS))
PAIRS = Either((MapOf(LABEL), TEXTS))
OPTIONS = MapOf(OPTION)
HOSTS = Either((MapOf(TEXT_OR_TEXTS), ListOf(HOST, unique=True)))
FREE = MapOf(ANY)
HOOK = Keys(
    {"command": COMMAND, "user": TEXT, "privileged": ANY, "working_dir": TEXT, "environment": PAIRS},
    required=("command",),
)
