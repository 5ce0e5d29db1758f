"""What a lab gives its students beside its files: trained models, an image that leaks, what a run is given.

Nothing here grades.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from checks.engine.engine import Engine
from checks.engine.find import find
from checks.engine.standins import ensure_base
from checks.grading.lab import Lab
from checks.grading.leak import FOLDER, leak_of
from checks.grading.models import training
from checks.reports.progress import Progress


def train_model(lab: Lab, version: str, room: Path) -> str:
    """Train a version into the lab's `models/`, each file in one step; returns what was written, as a sentence."""
    engine = _engine(lab)
    with Progress.on(sys.stderr).step(f"trains version {version} of the model of {lab.id}"):
        engine.run_cli(*training(lab.folder / lab.text("trainer"), version, room))
    models = lab.folder / Path(lab.text("model_file")).parent
    models.mkdir(exist_ok=True)
    for written in sorted(room.iterdir()):
        fresh = models / f"{written.name}.new"
        shutil.copyfile(written, fresh)
        fresh.replace(models / written.name)
    return f"{lab.id}/{lab.text('model_file')}: version {version}"


def build_leaky(lab: Lab) -> int:
    """Build the leaky image; the key goes in by the environment, so that the command does not show it."""
    leak, tag = leak_of(lab), str(lab.value("leaky")["tag"])
    engine = _engine(lab)
    command = ["build", "--tag", tag, "--build-arg", leak.variable, str(lab.folder / FOLDER)]
    print(f"$ {shlex.join(['docker', *command])}", file=sys.stderr)
    # BuildKit shows what a RUN is made of, its arguments with it: that would be too easy.
    environment = {**engine.environment, leak.variable: leak.key}
    status = subprocess.run([engine.cli, *command, "--quiet"], env=environment, check=False).returncode
    if status == 0:
        print(f"{tag} is there. It leaks a key: find it.", file=sys.stderr)
    return status


def run_options(lab: Lab) -> list[str]:
    """What `docker run` is given from the lab's folder, as far as it is there: settings, models, secrets."""
    asked = lab.settings.get("run") or {}
    file = lab.folder / str(asked.get("env_file", ""))
    options = ["--env-file", str(file)] if file.is_file() else []
    for volume in asked.get("volumes", ()):
        source, _, rest = str(volume).partition(":")
        if (lab.folder / source).exists():
            options += ["--volume", f"{lab.folder / source}:{rest}"]
    return options


def _engine(lab: Lab) -> Engine:
    with Progress.on(sys.stderr).step("looks for an engine") as say:
        engine = find("auto", say)
    with Progress.on(sys.stderr).step(f"looks for the base image {lab.text('base')}") as say:
        ensure_base(engine, lab.text("base"), say)
    return engine
