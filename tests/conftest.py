"""Which of our tests may run at the same time: those of one lab, and those of one file, share a worker.

A lab's gradings share a build cache, and a file's tests what its fixtures make. The labs take longest, so
they come first, and the many small files fill the end (`--no-loadscope-reorder` keeps this order).
"""

import pytest

LABS_FILE = "test_labs.py"


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the names in a hook of this kind, too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each test's group, which pytest-xdist heeds with `--dist loadgroup`."""
    items.sort(key=lambda item: item.path.name != LABS_FILE)
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    if isinstance(item, pytest.Function) and item.path.name == LABS_FILE and hasattr(item, "callspec"):
        lab = item.callspec.params["lab"]
        return str(getattr(lab, "id", LABS_FILE))
    return str(item.path.relative_to(item.config.rootpath))
