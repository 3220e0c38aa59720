"""What happened in training: one JSON line an epoch, and TensorBoard beside it."""

import shutil
import time
from pathlib import Path

from homodal.data import folders
from homodal.data.json_log import JsonLog


class Journal:
    """Append-only `journal.jsonl` in a run folder, flushed after each line.

    What writes raises `TrainingError` when the disk is full or not to be written to.
    """

    def __init__(self, folder):
        self.path = Path(folder) / "journal.jsonl"
        self._log = JsonLog(self.path)
        self._board_folder = Path(folder) / "tensorboard"
        self._board = None

    def write(self, event, **values):
        """Append `{"event": event, ...}`; values must be JSON-able."""
        self._log.append({"event": event} | values)

    def epoch(self, epoch, values):
        """One epoch's figures, here and in TensorBoard; nested names joined by `/`."""
        self.write("epoch", epoch=epoch, **values)
        with folders.writing(self._board_folder):
            self._show(epoch, values)

    def _show(self, epoch, values):
        if self._board is None:
            self._board = _event_writer(self._board_folder)
        for name, value in _flat(values):
            _add_scalar(self._board, name, value, epoch)
        if self._board:
            self._board.flush()

    def read(self):
        """All events as dicts; a last line cut short by a kill is left out.

        Raises `TrainingError` for any other line that is damaged.
        """
        return self._log.read()

    def rewind(self, epochs):
        """Forget epochs from number `epochs` on: a resumed run writes them again."""
        kept = [e for e in self.read() if e.get("epoch", -1) < epochs]
        self._log.replace(kept)
        self._redraw([e for e in kept if e["event"] == "epoch"])

    def _redraw(self, epochs):
        """TensorBoard anew: its files know no way to forget an epoch."""
        self.close()
        shutil.rmtree(self._board_folder, ignore_errors=True)
        with folders.writing(self._board_folder):
            for event in epochs:
                values = {k: v for k, v in event.items() if k not in ("event", "epoch")}
                self._show(event["epoch"], values)

    def close(self):
        """Close the TensorBoard file."""
        if self._board:
            self._board.close()
            self._board = None


def epoch_line(event):
    """One line about a journal's epoch event."""
    valid = ", ".join(f"{name} {value:.3f}" for name, value in event["valid"].items())
    return (
        f"epoch {event['epoch'] + 1:>3}  loss {event['train']['loss']:.3f}  "
        f"valid: {valid}  ({event['seconds']:.1f} s)"
    )


def _event_writer(folder):
    """A TensorBoard writer, or False where tensorboard is not installed."""
    try:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError:
        return False
    return EventFileWriter(str(folder))


def _add_scalar(board, name, value, epoch):
    if not board:
        return
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    summary = Summary(value=[Summary.Value(tag=name, simple_value=value)])
    board.add_event(Event(wall_time=time.time(), step=epoch, summary=summary))


def _flat(values, prefix=""):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}/")
        elif isinstance(value, (int, float)):
            yield prefix + name, value
