"""Who may know whom. docs/architecture.md draws the rooms; this keeps their doors shut."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: From the innermost ring outwards. A package imports its own ring's inner neighbours only, never its own ring.
RINGS = (
    {"variorum"},
    {"fetchers", "extractors", "collation", "storage"},
    {"flows"},
    {"deployments"},
    {"cli"},
    {"demo"},
)
PACKAGES = sorted(set().union(*RINGS))
#: library → the only packages that may import it
ALONE = {
    "httpx": {"fetchers"},
    "sqlmodel": {"storage"},
    "psycopg": {"storage"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "trafilatura": {"extractors"},
    "prefect": {"flows", "deployments"},
    "rich": {"cli"},
    "click": {"cli"},
}


def imported_by(path: Path) -> set[str]:
    """Return the top-level names that a module imports from outside its package, wherever in the module it does so."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
    return {name.partition(".")[0] for name in plain | named}


def forbidden_to(package: str) -> set[str]:
    """Return the packages of ours and the libraries that *package* must not import."""
    ring = next(number for number, names in enumerate(RINGS) if package in names)
    outer = set().union(*RINGS[ring:]) - {package}
    return outer | {library for library, homes in ALONE.items() if package not in homes}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_inwards(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules, f"{package} holds no module"
    wrong = {
        str(path.relative_to(ROOT)): names for path in modules if (names := imported_by(path) & forbidden_to(package))
    }
    assert not wrong


def test_all_packages_have_a_ring() -> None:
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert ours == set(PACKAGES)


def test_rules_are_not_empty(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "import os\ndef late():\n    from httpx import Client\n    import storage.rows\nfrom .flows import x\n"
    )
    assert imported_by(module) == {"os", "httpx", "storage"}
    assert imported_by(module) & forbidden_to("collation") == {"httpx", "storage"}
    assert imported_by(module) & forbidden_to("flows") == {"httpx"}


def test_no_module_is_called_utils() -> None:
    names = {path.stem for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "misc", "common"}
