"""Imports whose greetings are kept back, while Python's own messages are not."""

import gc
import os
import subprocess
import sys
import textwrap

import pytest

from homodal.commands.quiet import arriving, quieten


@pytest.fixture
def greeting(tmp_path, monkeypatch):
    """A module that greets as TensorFlow does: past Python, on descriptor 2."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, more=""):
        lines = f"import os\nos.write(2, b'greetings\\n')\n{more}\n"
        (tmp_path / f"{name}.py").write_text(lines)
        return name

    yield write
    for name in [n for n in sys.modules if n.startswith("greeting_")]:
        del sys.modules[name]


def test_a_module_is_there_at_the_end_of_the_block(greeting, capfd):
    with arriving(greeting("greeting_value", "value = 5")):
        print("from the block", file=sys.stderr)
    assert sys.modules["greeting_value"].value == 5
    os.write(2, b"after it\n")
    assert capfd.readouterr().err == "from the block\nafter it\n"


def test_what_a_broken_module_said_is_shown(greeting, capfd):
    with arriving(greeting("greeting_broken", "import no_such_module")):
        pass
    assert capfd.readouterr().err == "greetings\n"
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        __import__("greeting_broken")


def test_the_users_own_choice_stays(greeting, capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    with arriving(greeting("greeting_shown")):
        pass
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
    assert capfd.readouterr().err == "greetings\n"


def test_an_error_in_the_block_leaves_stderr_as_it_was(greeting, capfd):
    before = sys.stderr
    with pytest.raises(ZeroDivisionError), arriving(greeting("greeting_error")):
        raise ZeroDivisionError
    assert sys.stderr is before
    os.write(2, b"after it\n")
    assert capfd.readouterr().err == "after it\n"


def test_a_terminal_stays_one_for_python(greeting):
    """Bars and messages of the block go where stderr went, in its encoding."""
    program = textwrap.dedent(
        """
        import sys
        from homodal.commands.quiet import arriving
        with arriving("greeting_child"):
            print("é", sys.stderr.fileno() != 2, sys.stderr.encoding, file=sys.stderr)
        print("é", sys.stderr.fileno(), file=sys.stderr)
        """
    )
    greeting("greeting_child")
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stderr == "é True utf-8\né 2\n"


def test_garbage_is_collected_again_after_the_import(greeting):
    frozen = gc.get_freeze_count()
    with arriving(greeting("greeting_collected", "import gc; on = gc.isenabled()")):
        pass
    assert not sys.modules["greeting_collected"].on
    assert gc.isenabled()
    assert gc.get_freeze_count() > frozen
    gc.unfreeze()
    with arriving("greeting_collected"):  # there already: nothing is frozen again
        pass
    assert gc.get_freeze_count() == 0


def test_a_logger_made_by_the_import_goes_on(greeting):
    """TensorFlow's own takes the `sys.stderr` of that moment."""
    program = textwrap.dedent(
        """
        from homodal.commands.quiet import arriving
        with arriving("greeting_logger"):
            pass
        import greeting_logger
        greeting_logger.logger.warning("much later")
        """
    )
    greeting(
        "greeting_logger",
        "import logging; logger = logging.getLogger('late')\n"
        "logger.addHandler(logging.StreamHandler())",
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stderr == "much later\n"


def test_quieten_brings_keras():
    quieten()
    assert "keras" in sys.modules
