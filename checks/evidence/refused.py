"""The ways in which a submission is turned away, each with what a person can do about it."""


class Refused(Exception):  # noqa: N818 - what was done with the file, not an error of ours
    """One file of the submission is not read (a link, a device, too large, ...); the message says why."""


class SubmissionError(Exception):
    """Nothing of the submission can be read. `what` is its name, made printable."""

    def __init__(self, what: str, why: str, what_to_do: str) -> None:
        super().__init__(f"{what}: {why}. {what_to_do}")
        self.what = what
        self.why = why
        self.what_to_do = what_to_do


class SubmissionRefused(SubmissionError):  # noqa: N818 - as above
    """It could be opened, but is broken or hostile as a whole: the student's doing, graded as failed."""
