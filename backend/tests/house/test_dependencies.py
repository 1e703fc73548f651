"""What the source imports is what the lock installs: a package that is merely lying about would fail elsewhere."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(file: str) -> set[str]:
    lines = (BACKEND / file).read_text().splitlines()
    return {normal(m.group(1)) for line in lines if (m := re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)", line))}


def imported(folder: Path) -> dict[str, Path]:
    """Return every top-level module that the Python files of a folder import, with one place."""
    found: dict[str, Path] = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0]: path for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module.split(".")[0]] = path
    return found


@pytest.mark.parametrize(("folder", "lock"), [("src", "requirements.in"), ("migrations", "requirements.in")])
def test_every_import_is_of_a_package_that_is_asked_for_by_name(folder: str, lock: str) -> None:
    asked, where = named(lock), packages_distributions()
    # Parts of a package that is asked for, which it promises to bring.
    asked |= {"starlette", "pydantic-core"}
    strangers = {}
    for module, path in imported(BACKEND / folder).items():
        if module in sys.stdlib_module_names or module == "codewell":
            continue
        if not {normal(name) for name in where.get(module, [module])} & asked:
            strangers[module] = str(path.relative_to(BACKEND))
    assert not strangers, f"add to {lock}: {strangers}"


def test_every_package_asked_for_is_locked_with_hashes_and_no_address() -> None:
    for name in ("requirements", "requirements-dev"):
        lock = (BACKEND / f"{name}.txt").read_text()
        assert named(f"{name}.in") <= named(f"{name}.txt") | {"c", "r"}
        assert "://" not in lock
        pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\n((?:    .*\n)*)", lock, re.MULTILINE)
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins)
