"""Pytest sessions: one for a single grading, or one that collected the checks before a class is graded.

To collect is to read pytest's configuration and plugins, `conftest.py`, the check modules and their fixtures. It
takes twice as long as to judge one submission's files, so each grading of a class is a fork that begins behind it.
"""

import os
from collections.abc import Sequence

import pytest

from checks.lab import ROOT, Lab

# Pytest runs with this project's own configuration, root and conftest, wherever it is called.
OPTIONS = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "--confcutdir", str(ROOT)]
# Turns off the parts of pytest that print, write caches or read the current directory.
OPTIONS += ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:doctest", "-p", "no:capture"]
OPTIONS += ["-o", "addopts=", "-o", "filterwarnings=default"]
# At its end a session would collect garbage, twice: half of the time of a static grading.
OPTIONS += ["-p", "no:unraisableexception", "-p", "no:threadexception"]


def run_checks(plugin: object, labs: Sequence[Lab], *options: str) -> None:
    """Collect and run the checks of these labs, in a session of their own; `plugin` is told of all that happens."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # other plugins take longer than the checks
    pytest.main([*OPTIONS, *options, *(str(lab.module) for lab in labs)], plugins=[plugin])


class Collected:
    """The checks of some labs, collected; each time that they are run, they end with nothing left of it.

    The session is opened by the hooks by which `pytest.main` does, and stays open, which that has no option for.
    """

    def __init__(self, labs: Sequence[Lab]) -> None:
        self._items: dict[str, list[pytest.Item]] = {lab.module.name: [] for lab in labs}
        if labs:
            run_checks(self, labs)
            self._open()

    def pytest_cmdline_main(self, config: pytest.Config) -> int:
        """Keep the configuration, and have `pytest.main` do nothing with it."""
        self._config = config
        return 0

    def _open(self) -> None:
        hook = self._config.hook
        hook.pytest_configure.call_historic(kwargs={"config": self._config})
        self._session = pytest.Session.from_config(self._config)
        self._session.exitstatus = pytest.ExitCode.OK
        hook.pytest_sessionstart(session=self._session)
        hook.pytest_collection(session=self._session)
        for item in self._session.items:
            self._items[item.path.name].append(item)

    def has(self, labs: Sequence[Lab]) -> bool:
        """Whether all of these labs have checks; a module that cannot be imported has none."""
        return all(self._items.get(lab.module.name) for lab in labs)

    def run(self, plugin: object, name: str, labs: Sequence[Lab]) -> None:
        """Run the checks of these labs, as `run_checks` would: `plugin` may sort them, and is told of all."""
        session, hook = self._session, self._config.hook
        session.items[:] = [item for lab in labs for item in self._items[lab.module.name]]
        self._config.pluginmanager.register(plugin, name)
        try:
            hook.pytest_collection_finish(session=session)
            for item, following in zip(session.items, [*session.items[1:], None], strict=True):
                hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            hook.pytest_sessionfinish(session=session, exitstatus=pytest.ExitCode.OK)
            self._config.pluginmanager.unregister(plugin)
