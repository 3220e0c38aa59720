"""What happened in training: one JSON line an epoch, and TensorBoard beside it."""

import json
import os
from pathlib import Path


class Journal:
    """Append-only `journal.jsonl` in a run folder, flushed after each line."""

    def __init__(self, folder):
        self.path = Path(folder) / "journal.jsonl"
        self._board = None

    def write(self, event, **values):
        """Append `{"event": event, ...}`; values must be JSON-able."""
        line = json.dumps({"event": event} | values, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def epoch(self, epoch, values):
        """One epoch's figures, here and in TensorBoard; nested names joined by `/`."""
        self.write("epoch", epoch=epoch, **values)
        if self._board is None:
            self._board = _event_writer(self.path.parent / "tensorboard")
        for name, value in _flat(values):
            _add_scalar(self._board, name, value, epoch)
        if self._board:
            self._board.flush()

    def read(self):
        """All events as dicts; a last line cut short by a kill is left out."""
        if not self.path.is_file():
            return []
        events = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                events.append(json.loads(line))
            except json.JSONDecodeError:
                break
        return events

    def rewind(self, epochs):
        """Forget epochs from number `epochs` on: a resumed run writes them again."""
        kept = [e for e in self.read() if e.get("epoch", -1) < epochs]
        text = "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in kept)
        scratch = self.path.with_suffix(".tmp")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(self.path)

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
    board.add_event(Event(step=epoch, summary=summary))


def _flat(values, prefix=""):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}/")
        elif isinstance(value, (int, float)):
            yield prefix + name, value
