"""Print what a reference solution's `answers.yaml` must say on this machine: `solutions/answers.py LAB`.

The figures depend on the base images (a stand-in is not the genuine one) and on what the distribution has
published since, so they are measured again when they have drifted out of the lab's tolerance.
"""

import sys
import tempfile
from pathlib import Path

from checks.evidence.figures import MEGA
from checks.evidence.submission import open_submission
from checks.grading.engines import Engines
from checks.grading.gathering import Gathering
from checks.grading.lab import ROOT, load_lab
from checks.reports.progress import Progress

lab, step = load_lab(sys.argv[1]), Progress.on(sys.stderr).step
with (
    open_submission(ROOT / "solutions") as submission,
    tempfile.TemporaryDirectory() as room,
    Engines("auto", step) as engines,
):
    image = Gathering(lab, submission, Path(room), engines, step).image(lab.text("dockerfile"))
for layer in image.layers:
    print(f"# {layer.size / MEGA:8.1f} MB  {layer.created_by}")
print(f"largest_layer: {max(image.layers, key=lambda layer: layer.size).created_by}")
print(f"image_size_mb: {image.size / MEGA:.0f}")
print(f"wasted_space_mb: {image.wasted_bytes / MEGA:.0f}")
print(f"# efficiency {image.efficiency:.3f}, above the base {image.own_bytes / MEGA:.0f} MB")
