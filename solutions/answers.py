"""Print what a reference solution's `answers.yaml` must say on this machine: `solutions/answers.py LAB`.

The figures depend on the base images (a stand-in is not the genuine one) and on what the distribution has
published since, so they are measured again when they have drifted out of the lab's tolerance. `EDITION` names the
edition whose solution is measured.
"""

import sys
import tempfile
from pathlib import Path

from checks.evidence.image.figures import MEGA
from checks.evidence.image.image import Image
from checks.evidence.submission.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.evidence import SubmissionEvidence
from checks.lab import Lab, load_lab
from checks.reports.progress import Progress
from checks.sections import BaselineSettings


def images(lab: Lab) -> dict[str, Image]:
    """The lab's images by Dockerfile, behind that of the earlier lab which they are compared with, if any."""
    earlier = [lab.own.earlier.lab] if isinstance(lab.own, BaselineSettings) else []
    step = Progress.on(sys.stderr).step
    with (
        open_submission(lab.solution.parent) as submission,
        tempfile.TemporaryDirectory() as room,
        Engines("auto", step) as engines,
    ):
        all_labs = SubmissionEvidence([lab], submission, Path(room), engines, step)
        evidence = [all_labs.of(lab_id) for lab_id in (*earlier, lab.id)]
        return {one.path_of(name): one.image(name) for one in evidence for name in one.lab.images}


def show(dockerfile: str, image: Image) -> None:
    """All that an answer may ask for, and what the budgets of `lab.yaml` are about."""
    print(f"# {dockerfile}")
    for layer in image.layers:
        print(f"# {layer.size / MEGA:8.1f} MB  {layer.created_by}")
    print(f"largest_layer: {max(image.layers, key=lambda layer: layer.size).created_by}")
    print(f"image_size_mb: {image.size / MEGA:.0f}")
    print(f"wasted_space_mb: {image.wasted_bytes / MEGA:.0f}")
    print(f"efficiency: {image.efficiency:.0%}")
    print(f"# above the base {image.own_bytes / MEGA:.0f} MB")


for name, image in images(load_lab(sys.argv[1])).items():
    show(name, image)
