"""Words of a sound while it is coming: listen."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from homodal.commands.options import RunArgument
from homodal.commands.quiet import quieten
from homodal.errors import TableError

_SAMPLE_BYTES = 2  # of raw samples: whole numbers of 16 bits, the low byte first


def listen(
    run: RunArgument,
    source: Annotated[
        str,
        typer.Argument(help="A sound file, or - for raw 16-bit samples on stdin."),
    ] = "-",
    rate: Annotated[
        int | None,
        typer.Option(help="Samples a second on stdin (default: the model's)."),
    ] = None,
    chunk: Annotated[
        float, typer.Option(min=0.01, help="Seconds that are fed at a time.")
    ] = 0.25,
):
    """Say the words of a sound while it is still coming, then all of it."""
    quieten()
    if source != "-" and not Path(source).is_file():
        raise TableError(f"There is no sound '{source}'")
    from homodal import api
    from homodal.model.listening import Listener

    model = api.load(run)
    if source == "-":
        listener = Listener(model, rate)
        chunks = _raw(sys.stdin.buffer, round(chunk * listener.rate_hz))
    else:
        whole, rate_hz = _opened(source)
        listener = Listener(model, rate_hz)
        size = round(chunk * rate_hz)
        chunks = (whole[at : at + size] for at in range(0, len(whole), size))
    for samples in chunks:
        for word in listener.feed(samples):
            print(word["word"], file=sys.stderr, flush=True)
    print(listener.finish()["text"])


def _opened(source):
    """`(samples, rate_hz)` of a whole file, as one channel."""
    from homodal.media import sound

    rate_hz = sound.probe(Path(source)).rate_hz
    return sound.read(Path(source), rate_hz, seconds=3600.0), rate_hz


def _raw(stream, size):
    """Yield chunks of `size` samples, float32 from -1 to 1, until the stream ends."""
    import numpy as np

    rest = b""
    while data := stream.read(size * _SAMPLE_BYTES):
        data = rest + data
        whole = len(data) // _SAMPLE_BYTES * _SAMPLE_BYTES
        rest = data[whole:]
        yield np.frombuffer(data[:whole], "<i2").astype(np.float32) / 32768
