"""A file imports only from rooms above its own; nothing above the line needs Keras."""

import ast
import functools
from pathlib import Path

import pytest

from homodal.floors import FIRST_WITH_KERAS, FLOORS
from homodal.parts import ROOMS

PACKAGE = Path(__file__).parent.parent / "homodal"
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")
BACKENDS = {"keras", "tensorflow", "jax", "torch"}


def room(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@functools.cache
def imported(path):
    """Modules that a file imports, anywhere in it."""
    return tuple(_imported(path))


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_a_floor():
    assert {room(path) for path in FILES} <= set(FLOORS)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_up_only(path):
    own = FLOORS.index(room(path))
    for module in imported(path):
        parts = module.split(".")
        if parts[0] != "homodal" or len(parts) == 1 or parts[1] == "__version__":
            continue
        assert parts[1] in FLOORS, f"{path} imports {module}"
        assert FLOORS.index(parts[1]) <= own, f"{path} imports {module} from below"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_siblings_of_a_part_do_not_see_each_other(path):
    if room(path) not in ROOMS.values() or path.name == "__init__.py":
        return
    siblings = {f"homodal.{room(path)}.{p.stem}" for p in path.parent.glob("*.py")}
    assert not siblings & set(imported(path))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_keras_above_the_line(path):
    if FLOORS.index(room(path)) < FLOORS.index(FIRST_WITH_KERAS):
        roots = {module.split(".")[0] for module in imported(path)}
        assert not roots & BACKENDS


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_backend_stands_in_the_name_of_the_file_that_uses_it(path):
    roots = {module.split(".")[0] for module in imported(path)}
    for backend in roots & (BACKENDS - {"keras"}):
        assert backend in path.stem
