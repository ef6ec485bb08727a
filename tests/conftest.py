"""What tests share: the platform lab where there is one, and an honest count of the tests that wait for something.

A stranger has no lab, no PostgreSQL and no browser: their tests are skipped and counted in the last lines of a run.
With `VARIORUM_NO_SKIP=1` (as in `.ci/run`) a skipped test fails the run.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage.engines.place import keep_address
from tests import postgres
from tests.lab import Lab

# how long an example may take says more of the machine than of the code
settings.register_profile("variorum", deadline=None)
settings.load_profile("variorum")

#: marker → (what it waits for, the variable that says that it is there)
NEEDS = {
    "lab": ("the lab", "needs the platform lab: set VARIORUM_LAB", "VARIORUM_LAB"),
    "postgres": ("PostgreSQL", f"needs PostgreSQL: install it, or set {postgres.VARIABLE}", postgres.VARIABLE),
    "bench": ("the bench", "needs the gold sets: set VARIORUM_BENCH", "VARIORUM_BENCH"),
    "pywb": ("pywb", "needs pywb: set VARIORUM_PYWB to the folder of its commands", "VARIORUM_PYWB"),
    "browser": ("a browser", "needs a browser: set VARIORUM_BROWSER", "VARIORUM_BROWSER"),
}
LAB_FIXTURES = {"lab_wordpress", "lab_site", "wordpress_url", "mezzanine_url", "hostile_url"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a fixture of the lab, skip what waits for something that is not there."""
    for item in items:
        if LAB_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.lab)
        for marker, (_, reason, variable) in NEEDS.items():
            if item.get_closest_marker(marker) and not _is_there(marker, variable):
                item.add_marker(pytest.mark.skip(reason=reason))


def _is_there(marker: str, variable: str) -> bool:
    return postgres.is_there() if marker == "postgres" else bool(os.environ.get(variable))


def waiting(reasons: list[str]) -> dict[str, int]:
    """Return how many skipped tests wait for what: a name out of `NEEDS`, or the reason that the test gave."""
    names = {reason: name for name, reason, _ in NEEDS.values()}
    return dict(Counter(names.get(reason, reason) for reason in reasons))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests wait, and for what."""
    found = waiting(_skip_reasons(terminalreporter))
    if found:
        parts = ", ".join(f"{name} ({count})" for name, count in sorted(found.items()))
        terminalreporter.write_line(f"{sum(found.values())} tests wait for: {parts}")
        if os.environ.get("VARIORUM_NO_SKIP"):
            terminalreporter.write_line("VARIORUM_NO_SKIP is set: a test that was skipped fails the run", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that must skip nothing and did."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("VARIORUM_NO_SKIP") and reporter and _skip_reasons(reporter) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skip_reasons(reporter: pytest.TerminalReporter) -> list[str]:
    reports = reporter.stats.get("skipped", [])
    return [report.longrepr[2].removeprefix("Skipped: ") for report in reports if isinstance(report.longrepr, tuple)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for all tests that ask."""
    with postgres.Server() as server:
        yield server


class Settle:
    """Makes a folder the one of a new archive, with its rows in SQLite or in PostgreSQL."""

    def __init__(self, server: postgres.Server | None) -> None:
        self._server = server
        self._used: list[str] = []

    def __call__(self, folder: Path) -> Path:
        """Return the folder, its archive made or as good as made."""
        if self._server is not None:
            self._used.append(self._server.archive(folder))
        return folder

    def empty(self, folder: Path) -> Path | str:
        """Return the address of a database with nothing in it, which goes with the folder."""
        if self._server is None:
            return folder / "variorum.sqlite"
        address = self._server.empty()
        assert keep_address(folder, address)
        return address

    @property
    def own_server(self) -> postgres.Server | None:
        """The server under the archives where a test may stop it; None with SQLite, or with a server that was given."""
        return None if self._server is None or self._server.given else self._server

    def give_back(self) -> None:
        """Let the next test have the databases."""
        for name in self._used:
            assert self._server is not None
            self._server.give_back(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settle(request: pytest.FixtureRequest) -> Iterator[Settle]:
    """What makes archives: the test runs once with SQLite, once with PostgreSQL."""
    made = Settle(request.getfixturevalue("postgres_server") if request.param == "postgresql" else None)
    yield made
    made.give_back()


@pytest.fixture(scope="module")
def lab_site(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A site of the lab of this module's own, not started yet: `lab_site.start(theme=…, locale=…)`."""
    name = f"t{os.getpid()}-{request.module.__name__.rpartition('.')[2].replace('_', '-')}"
    with Lab(os.environ["VARIORUM_LAB"], name) as site:
        yield site


@pytest.fixture(scope="module")
def lab_wordpress(lab_site: Lab) -> Lab:
    """A WordPress of this module's own, freshly seeded with the lab's defaults: change it as you like."""
    return lab_site.start()


@pytest.fixture(scope="session")
def wordpress_url() -> Iterator[str]:
    """Home page of a WordPress that all tests read and none changes."""
    yield from _shared("wordpress")


@pytest.fixture(scope="session")
def mezzanine_url() -> Iterator[str]:
    """Home page of a Mezzanine blog that all tests read and none changes."""
    yield from _shared("mezzanine")


@pytest.fixture(scope="session")
def hostile_url() -> Iterator[str]:
    """Root of the server of faults."""
    yield from _shared("hostile")


def _shared(kind: str) -> Iterator[str]:
    url = os.environ.get(f"VARIORUM_LAB_{kind.upper()}")
    if url:
        yield url
        return
    with Lab(os.environ["VARIORUM_LAB"], f"t{os.getpid()}-{kind}", kind) as site:
        yield site.start().url
