"""The child process that decodes: cells in, arrays out, through two pipes.

Started by `data.processes`. A damaged or hostile file can crash, block or fill the
memory of the libraries that read it; here it takes nothing with it but this process.
What goes back are JSON and raw bytes: the parent never unpickles what a decoder may
have made.
"""

import contextlib
import importlib
import json
import os
import pickle
import signal
import struct
import sys

import numpy as np

HEAD = struct.Struct("<IQ")  # bytes of the JSON, bytes of the payload
MEMORY_BYTES = 6 * 2**30  # address space of one child


def main():
    """Serve requests from standard input until it closes."""
    asked, answers = _private_pipes()
    _limit_itself()
    reader, described = None, {}
    while request := _received(asked):
        kind, value = request
        if kind == "column":
            reader, described = _opened_column(value, answers)
            continue
        # If the parent is gone and a decoder hangs, nobody else would end this
        _alarm(2 * described["seconds"])
        header, payload = _read(reader, described, value)
        _alarm(0)
        send(answers, header, payload)


def send(file, header, payload=b""):
    """Write one message: a JSON-able header and bytes."""
    text = json.dumps(header).encode()
    file.write(HEAD.pack(len(text), len(payload)))
    file.write(text)
    file.write(payload)
    file.flush()


def _private_pipes():
    """The two pipes, out of reach of a library that prints to standard output."""
    asked, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return os.fdopen(asked, "rb"), os.fdopen(answers, "wb", 2**18)


def _limit_itself():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds):
    if hasattr(signal, "alarm"):
        signal.alarm(int(-(-seconds // 1)))


def _received(asked):
    head = asked.read(8)
    if len(head) < 8:
        return None
    return pickle.loads(asked.read(int.from_bytes(head, "little")))


def _opened_column(described, answers):
    from homodal.data.reading import reader_of
    from homodal.tables.addresses import ALLOW_REMOTE

    try:
        os.chdir(described["folder"])
        os.environ[ALLOW_REMOTE] = described["remote"]
        sys.path[:] = described["path"]
        reader = reader_of(described["modality"], described["options"])
    except Exception as error:
        send(answers, {"failed": f"{type(error).__name__}: {error}"})
        sys.exit(1)
    send(answers, {"ready": True})
    return reader, described


def _read(reader, described, cell):
    from homodal.data.reading import BAD, OK, read_cell

    try:
        if described.get("recognise"):
            evidence = vars(reader.recognise(cell))
            return {"status": OK, "reason": json.dumps(evidence)}, b""
        if "task" in described:
            found = _function(described["task"])(described["modality"], reader, cell)
            status, array, reason = found
        else:
            facts, encoded = described["facts"], described["encoded"]
            status, array, reason = read_cell(reader, facts, cell, encoded)
    except MemoryError:
        status, array, reason = BAD, None, "needs more memory than is allowed to it"
    except Exception as error:  # decoders raise nearly every class there is
        reason = f"cannot be decoded: {type(error).__name__}: {error}"[:300]
        status, array = BAD, None
    if array is None:
        return {"status": status, "reason": reason}, b""
    said = {"status": status, "reason": reason}
    said |= {"shape": list(array.shape), "dtype": array.dtype.str}
    return said, np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _function(name):
    """What stands at "package.module:function", in a room that is below this one."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


if __name__ == "__main__":
    main()
