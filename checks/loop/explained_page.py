"""An explanation as a page: the student's page of a class, alone, with what each line does beside its verdicts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from checks.evidence.submission.submission import lines_of
from checks.grading.grade import grade
from checks.lab import Lab
from checks.layer_result import LayerResult
from checks.loop.explanation import Explained, Explanation
from checks.loop.notes import ELSEWHERE, costs_of_edits, in_force, listed, notes_on_base, told_lines
from checks.reports.class_page.alone import render_alone
from checks.reports.class_page.annotated import Note, Remarks, annotated
from checks.reports.progress import Progress

NO_FILE = "no file"


def page_of(lab: Lab, explained: Mapping[str, Explained]) -> str:
    """Return the page of a lab's own folder, by its Dockerfiles; its verdicts are those of the static checks."""
    result = grade(lab.folder.parent, [lab], "none", Progress.silent().step).labs[0]
    files = {f"{lab.id}/{name}": each for name, each in explained.items()}
    layers = tuple(layer for name, each in files.items() for layer in _layers(name, each))
    remarks = {name: remarks_on(each) for name, each in files.items()}
    lines = lines_of(lab.folder.parent, list(files))
    found = annotated(replace(result, layers=layers), list(files), lines, remarks)
    return render_alone(result, lab.target, list(found))


def _layers(file: str, explained: Explained) -> Iterator[LayerResult]:
    """Yield the base and each layer with its line, lowest first; nothing if none was weighed."""
    explanation, weights = explained.explanation, explained.weights
    lines = [None, *(layer.instruction.line for layer in explanation.layers)]
    for line, weight in zip(lines, weights, strict=False):
        yield LayerResult(file, line, weight.size)


def remarks_on(explained: Explained) -> Remarks:
    """Return the notes, each below the end of its instruction, and what an edit makes anew."""
    explanation, weights = explained.explanation, explained.weights
    told = list(told_lines(explanation, weights))
    return Remarks(
        explained.why,
        {
            **_elsewhere(explanation),
            explanation.stage.ancestry[0].origin.end_line: notes_on_base(weights),
            **{each.line.instruction.end_line: each.notes for each in told},
        },
        {each.line.instruction.line: listed(each.after) or NO_FILE for each in told if each.line.is_layer},
        list(in_force(explanation.stage.state)),
        [("edit", text) for text in costs_of_edits(explanation, weights)],
    )


def _elsewhere(explanation: Explanation) -> Mapping[int, Sequence[Note]]:
    """Return a note for each stage whose layers are not in the image."""
    stages, own = explanation.stage.file.stages, explanation.stage.ancestry
    return {stage.origin.end_line: (Note(ELSEWHERE),) for stage in stages if stage not in own}
