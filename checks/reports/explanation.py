"""The words of one check's outcome as plain text, the same in every export.

Expected and found may quote a student's files or the output of their build, so control characters are spelled
out.
"""

from collections import Counter

from checks.outcomes import CheckResult, LabResult
from checks.sanitize import sanitize, sanitize_line


def place_of(check: CheckResult) -> str:
    """Return `file:line`, `file`, or an empty string."""
    return ":".join(sanitize_line(str(part)) for part in (check.file, check.line) if part is not None)


def explanation(check: CheckResult) -> str:
    """Return a line for the place, and the expected, the found and the help where there are any."""
    parts = {"at": place_of(check), "expected": check.expected, "actual": check.actual, "help": check.help}
    return "\n".join(f"{name}: {sanitize(part)}" for name, part in parts.items() if part)


def cut(text: str, longest: int) -> str:
    """Return the text; of a longer one the beginning, and how long it is."""
    return text if len(text) <= longest else f"{text[:longest]}\n(cut here: {len(text):,} characters in all)"


def sentence(check: CheckResult) -> str:
    """Return what was found and what to try, for readers that show one paragraph; else the outcome's word."""
    parts = (check.actual, f"Try: {check.help}" if check.help else "")
    return "\n".join(sanitize(part) for part in parts if part) or check.outcome.value


def shown_file(lab: LabResult, check: CheckResult) -> str:
    """Return the file to show a failure at: its own, else the one that most failures are in, else the README."""
    if check.file is not None:
        return sanitize_line(check.file)
    others = Counter(other.file for other in lab.checks if other.file is not None)
    return sanitize_line(others.most_common(1)[0][0]) if others else f"{lab.id}/README.md"
