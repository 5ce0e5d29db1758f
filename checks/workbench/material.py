"""A lab's material besides its files: trained models, an image that leaks a key, and the options of a run.

Nothing here grades.
"""

import shutil
import sys
from pathlib import Path

from checks.grading.models import FOLDER, leak_of, training
from checks.lab import Lab
from checks.reports.progress import Progress
from checks.sections import LeakSettings, ModelSettings
from checks.workbench.context import Workbench


def train_model(bench: Workbench, version: str, room: Path) -> str:
    """Train a version into the lab's `models/`, replacing each file atomically; return a message."""
    lab, asked = bench.lab, bench.lab.asks(ModelSettings)
    bench.fetch([lab.image.base])
    with Progress.on(sys.stderr).step(f"trains version {version} of the model of {lab.id}"):
        bench.engine.run_cli(*training(lab.starter / asked.trainer, version, room))
    models = lab.folder / Path(asked.model_file).parent
    models.mkdir(exist_ok=True)
    for written in sorted(room.iterdir()):
        fresh = models / f"{written.name}.new"
        shutil.copyfile(written, fresh)
        fresh.replace(models / written.name)
    return f"{lab.id}/{asked.model_file}: version {version}"


def leaky(bench: Workbench) -> int:
    """Build the leaky image; pass the key through the environment, so that the command does not show it."""
    about = bench.lab.asks(LeakSettings).leaky
    leak = leak_of(bench.lab.starter, about)
    bench.fetch([bench.lab.image.base])
    # Quiet, since BuildKit would print each RUN with its arguments, and so the key.
    options = ["--quiet", "--tag", about.tag, "--build-arg", leak.variable]
    command = [str(bench.engine.cli), "build", *options, str(bench.lab.starter / FOLDER)]
    status = bench.call(command, {**bench.engine.environment, leak.variable: leak.key})
    if status == 0:
        print(f"{about.tag} is there. It leaks a key: find it.", file=sys.stderr)
    return status


def run_options(lab: Lab) -> list[str]:
    """Return options of `docker run` for the settings, models and secrets that exist in the lab's folder."""
    file = lab.folder / (lab.run.env_file or "")
    options = ["--env-file", str(file)] if file.is_file() else []
    for volume in lab.run.volumes:
        source, _, rest = volume.partition(":")
        if (lab.folder / source).exists():
            options += ["--volume", f"{lab.folder / source}:{rest}"]
    return options
