"""The package from outside: lazy import, public names, mirror of tests, no secrets."""

import subprocess
import sys
from pathlib import Path

import homodal
from homodal.parts import ROOMS

ROOT = Path(__file__).parent.parent
HEAVY = ["keras", "tensorflow", "jax", "torch", "pandas", "PIL", "av", "pyarrow"]
# rooms whose parts the conformance suite tests, every one that is found
CONFORMED = {*ROOMS.values()}
# what the builder of the demo data is made of; its own test runs all of it
BUILDER = {"demo/drawing.py", "demo/speech.py", "demo/words.py"}


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_import_loads_nothing_heavy():
    loaded = run("import homodal, sys; print(*sorted(sys.modules))").split()
    assert not set(HEAVY) & set(loaded)


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['homodal', '--help']\n"
        "from homodal.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('LOADED', *sorted(sys.modules))"
    )
    loaded = run(code).partition("LOADED")[2].split()
    assert not set(HEAVY) & set(loaded)


def test_parts_are_listed_without_keras():
    code = "import sys; from homodal.pages import listed_parts; listed_parts()\n"
    loaded = run(code + "print(*sorted(sys.modules))").split()
    assert not {"keras", "tensorflow"} & set(loaded)


def test_public_names():
    assert homodal.__all__ == [
        "Classifier",
        "Recipe",
        "Table",
        "alignment",
        "check",
        "compare",
        "describe",
        "evaluate",
        "explain",
        "load",
        "report",
        "resume",
        "retrieve",
        "train",
    ]
    assert all(getattr(homodal, name) for name in homodal.__all__)
    assert set(homodal.__all__) <= set(dir(homodal))


def test_tests_mirror_the_source():
    missing = []
    for path in (ROOT / "homodal").rglob("*.py"):
        inside = path.relative_to(ROOT / "homodal")
        if inside.name.startswith("_") or inside.parts[0] in CONFORMED:
            continue
        if inside.as_posix() in BUILDER:
            continue
        test = ROOT / "tests" / inside.parent / f"test_{inside.name}"
        if not test.is_file():
            missing.append(str(inside))
    assert missing == []
