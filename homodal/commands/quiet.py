"""Keras imported without its backend's greetings."""

import contextlib
import gc
import importlib
import os
import sys
import threading

_LEVEL, _SILENT = "TF_CPP_MIN_LOG_LEVEL", "3"
_LEFT_OPEN: list = []  # streams


def quieten():
    """Import Keras; its backend's greetings on stderr help nobody."""
    with arriving("keras"):
        pass


@contextlib.contextmanager
def arriving(module):
    """Import `module` in a thread while the block runs; it is there at its end.

    TensorFlow greets before it looks at its own settings. What the process itself, and
    not Python, writes to stderr in the meantime is kept back, unless the import fails
    or the user has asked for TensorFlow's messages.
    """
    if module in sys.modules:
        yield
        return
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    hidden = os.environ.setdefault(_LEVEL, _SILENT) == _SILENT
    failed = []
    thread = threading.Thread(target=_import, args=(module, failed))
    with _kept_back(failed) if hidden else contextlib.nullcontext():
        thread.start()
        try:
            yield
        finally:
            thread.join()


def _import(module, failed):
    try:
        with _uncollected():
            importlib.import_module(module)
    except Exception as error:  # whoever imports it next in earnest meets it again
        failed.append(error)


@contextlib.contextmanager
def _uncollected():
    """No garbage is looked for; what is there at the end is never looked at again.

    Half a million new objects, none of them garbage, would be gone through time and
    again: a third of what the import takes, and a second at the process's end.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


@contextlib.contextmanager
def _kept_back(failed):
    """File descriptor 2 to a scratch file; Python's own `sys.stderr` goes on."""
    import tempfile  # here: it is slower to import than all else in this file

    shown = os.dup(2)
    with tempfile.TemporaryFile() as scratch, _python_to(shown):
        os.dup2(scratch.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(shown, 2)
            if failed:
                scratch.seek(0)
                os.write(2, scratch.read())


@contextlib.contextmanager
def _python_to(descriptor):
    """What Python prints to `sys.stderr` goes to this descriptor, if it went to 2.

    It stays open: a logger that was made meanwhile goes on writing to it.
    """
    before = sys.stderr
    if not _is_second(before):
        yield
        return
    before.flush()
    stream = open(descriptor, "w", encoding=before.encoding, closefd=False)
    stream.reconfigure(errors=before.errors, line_buffering=True)
    _LEFT_OPEN.append(stream)
    sys.stderr = stream
    try:
        yield
    finally:
        sys.stderr = before


def _is_second(stream):
    try:
        return stream.fileno() == 2
    except (AttributeError, OSError, ValueError):  # closed, or no file at all
        return False
