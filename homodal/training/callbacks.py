"""What happens around the steps of `fit`; each callback owns one matter.

    Guard      stops at a loss or a weight that is not finite
    Keeper     validation, best weights, early stopping, checkpoints, journal
    Stopper    Ctrl-C: saves after the step at hand, then stops
    Bar        progress for a person
"""

import math
import time

import keras

from homodal.errors import TrainingError
from homodal.progress import watched
from homodal.training.checkpoints import finite
from homodal.training.journal import epoch_line

_LOOK_EVERY = 20  # steps between looks at the loss; each look waits for the device


class Stopped(Exception):  # noqa: N818 - a signal to the caller, not an error
    """Training was interrupted and saved."""


class Guard(keras.callbacks.Callback):
    """Raises `TrainingError` when the loss or a weight is no longer finite."""

    def __init__(self, schedule):
        super().__init__()
        self.schedule = schedule
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if batch % _LOOK_EVERY == 0:
            self._look(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._look("the last", logs)
        if not finite(self.model):
            raise self._error("A weight", "the last")

    def _look(self, batch, logs):
        if logs and not math.isfinite(float(logs["loss"])):
            raise self._error("The loss", batch)

    def _error(self, what, step):
        rate = float(self.schedule(self.model.optimizer.iterations))
        return TrainingError(
            f"{what} is no longer a finite number (epoch {self.epoch + 1}, step {step}, "
            f"learning rate {rate:.2g})",
            do="Lower training.learning_rate or training.clip_norm; the last good state "
            "is kept in the run's folder",
        )


class Keeper(keras.callbacks.Callback):
    """Validates after each epoch and keeps the best and the latest state.

    validate: a function of the network that gives `{score: value}`, the main score
    first; higher is better, ties go to the lower `log_loss`.
    """

    def __init__(self, validate, checkpoints, journal, counters, patience, schedule):
        super().__init__()
        self.validate = validate
        self.checkpoints = checkpoints
        self.journal = journal
        self.counters = counters
        self.patience = patience
        self.schedule = schedule
        self._begun = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self._begun = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        scores = self.validate(self.model)
        self._judge(scores)
        self.counters["epoch"] = epoch + 1
        self.counters["step"] = int(self.model.optimizer.iterations)
        self.checkpoints.save(self.model, self.counters)
        self.checkpoints.drop_best_before(self.counters["best_step"])
        self._record(epoch, logs or {}, scores)
        if self.counters["waited"] >= self.patience:
            self.counters["stopped_early"] = True
            self.model.stop_training = True

    def _judge(self, scores):
        main = next(iter(scores.values()))
        key = [main, -scores.get("log_loss", 0.0)]
        if self.counters["best"] is None or key > self.counters["best"]:
            step = int(self.model.optimizer.iterations)
            self.checkpoints.save_best(self.model, step)
            self.counters.update(best=key, best_step=step, waited=0)
        else:
            self.counters["waited"] += 1

    def _record(self, epoch, logs, scores):
        self.journal.epoch(
            epoch,
            {
                "train": {name: float(value) for name, value in logs.items()},
                "valid": scores,
                "learning_rate": float(self.schedule(self.counters["step"])),
                "seconds": round(time.monotonic() - self._begun, 3),
            },
        )


class Stopper(keras.callbacks.Callback):
    """Saves and raises `Stopped` after the step in which an interrupt came."""

    def __init__(self, interrupt, checkpoints, counters):
        super().__init__()
        self.interrupt = interrupt
        self.checkpoints = checkpoints
        self.counters = counters

    def on_train_batch_end(self, batch, logs=None):
        # at the last step the epoch's own checkpoint follows, after validation
        if self.interrupt.raised and batch + 1 < self.params["steps"]:
            self.counters["step"] = int(self.model.optimizer.iterations)
            self.checkpoints.save(self.model, self.counters)
            raise Stopped

    def on_epoch_end(self, epoch, logs=None):
        if self.interrupt.raised:
            raise Stopped


class Bar(keras.callbacks.Callback):
    """One bar over all epochs with the latest scores, and a line for each epoch."""

    def __init__(self, epochs, steps, journal):
        super().__init__()
        self.epochs = epochs
        self.steps = steps
        self.journal = journal
        self._progress = None

    def on_train_begin(self, logs=None):
        if not watched() or self._progress is not None:
            return
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._progress.start()
        self._task = self._progress.add_task(
            "Training", total=self.epochs * self.steps
        )

    def on_train_batch_end(self, batch, logs=None):
        if self._progress and batch % 5 == 0:
            done = int(self.model.optimizer.iterations)
            self._progress.update(self._task, completed=done)

    def on_epoch_end(self, epoch, logs=None):
        if self._progress:
            self._progress.console.print(epoch_line(self.journal.read()[-1]))

    def close(self):
        """Take the bar away."""
        if self._progress:
            self._progress.stop()
            self._progress = None
