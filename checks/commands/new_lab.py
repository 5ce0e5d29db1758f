"""`new-lab`: write the files of a new lab: its folder, its check module, its solution and its tests."""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from checks.commands.author_only import is_refused
from checks.commands.status import WRONG_USAGE

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "lab"
TEMPLATE = ".py.txt"  # so that no tool takes a template for a module
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `new-lab`."""
    new = commands.add_parser(
        "new-lab", help="write a new lab that passes its contract, to be filled with life"
    )
    new.add_argument("name", metavar="NAME", help="the folder's name: lab_feature_store")
    new.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the lab, renew the tables of the READMEs, and print the next step."""
    if is_refused("new-lab"):
        return WRONG_USAGE
    from checks.grading.catalog import renewed
    from checks.lab import ROOT

    try:
        values = values_of(arguments.name, ROOT)
        written = [*write_lab(arguments.name, values, ROOT)]
    except (ValueError, FileExistsError) as wrong:
        print(f"checks new-lab: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    for path, text in renewed(ROOT):
        path.write_text(text, "utf-8")
    print("\n".join(str(path.relative_to(ROOT)) for path in written))
    print(f"\nTry it: make checkLab LAB={arguments.name}. Then make it yours; CONTRIBUTING.md has the order.")
    return 0


def values_of(name: str, root: Path) -> Mapping[str, str]:
    """Return the templates' values; `lab_feature_store` gets the target FeatureStore and the last position."""
    from checks.lab import all_labs

    if not NAME.fullmatch(name):
        raise ValueError(
            f"`{name}` is no name for a lab: lower case and underscores, as in lab_feature_store"
        )
    words = name.removeprefix("lab_").split("_")
    target, labs = "".join(map(str.capitalize, words)), all_labs(root)
    if other := next((lab for lab in labs if lab.target == target), None):
        raise ValueError(f"make test{target} is {other.id}'s already: choose another name")
    last = max((lab.position for lab in labs), default=0)
    title = " ".join(words).capitalize()
    return {"title": title, "target": target, "position": str(last + 1), "tag": "-".join(words)}


def write_lab(name: str, values: Mapping[str, str], root: Path) -> Iterator[Path]:
    """Write the files and yield their paths; raise FileExistsError if a place exists already."""
    places = {
        "folder": root / name,
        "solution": root / "solutions" / name,
        "tests": root / "tests" / "labs" / name,
        "check.py.txt": root / "checks" / f"check_{name}.py",
    }
    for path in places.values():
        if path.exists():
            raise FileExistsError(f"{path.relative_to(root)} is there already")
    for template in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        part, *below = template.relative_to(TEMPLATES).parts
        target = places[part].joinpath(*below)
        if target.name.endswith(TEMPLATE):
            target = target.with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(template.read_text("utf-8")).substitute(values), "utf-8")
        yield target
