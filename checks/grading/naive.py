"""The naive image of a lab: what most people build first, with which the student's image is compared.

It is the grader's own build, from a folder of the lab. No submission has a part in it, so all gradings on an engine
share its layers.
"""

from typing import TYPE_CHECKING

from checks.engine.build import INTO_THE_STORE
from checks.evidence.image.built import Built
from checks.evidence.image.image import Image
from checks.grading.canary_files import CanaryFiles
from checks.grading.looking import look_into
from checks.sections import NaiveSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


def naive_image(evidence: "LabEvidence") -> Image:
    """Build the image and look into it; raise `EngineError` if it cannot be built, which no student can mend."""
    lab = evidence.lab
    folder = lab.asks(NaiveSettings).naive
    engine, run = evidence.engines.ready()
    evidence.engines.base(lab.image.base)
    tag = f"{run.name}:{folder}"
    labels = [part for key, value in run.labels.items() for part in ("--label", f"{key}={value}")]
    options = ["--builder=default", "--provenance=false", INTO_THE_STORE, "--tag", tag, *labels]
    with evidence.step("builds the naive image, for comparison"):
        engine.run_cli("buildx", "build", *options, str(lab.starter / folder))
        return look_into(engine, Built.of(engine, tag, ()), CanaryFiles.with_values({}, None), folder)
