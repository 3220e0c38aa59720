"""What happens around the steps of `fit`; each callback owns one matter.

    Guard      stops at a loss or a weight that is not finite
    Keeper     validation, best weights, early stopping, checkpoints, journal
    Stopper    Ctrl-C: saves after the step at hand, then stops
    Bar        progress for a person

They share the run's counters. While an epoch runs, `counters["step"]` is the number of
steps before the first batch that this `fit` saw of it, so that batch `i` is step
`counters["step"] + i + 1`; the optimizer's own count lags where float16 left one out.
"""

import math
import time
from statistics import mean

import keras
from keras import ops

from homodal.errors import TrainingError
from homodal.progress import watched
from homodal.training.checkpoints import finite
from homodal.training.journal import epoch_line

_JUDGED_TOGETHER = 3  # epochs
_WORST_LOSS = 1e30  # of an epoch whose loss is no finite number
_LOOK_EVERY = 20  # steps between looks at the loss; each look waits for the device


class Stopped(Exception):
    """Training was interrupted and saved."""


class Guard(keras.callbacks.Callback):
    """Raises `TrainingError` when the loss or a weight is no longer finite."""

    def __init__(self, interrupt, counters):
        super().__init__()
        self.interrupt = interrupt
        self.counters = counters
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.interrupt.raised:  # what follows is saved
            self._look_closely(batch, logs)
        elif batch % _LOOK_EVERY == 0:
            self._look(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._look_closely(self.params["steps"] - 1, logs)

    def _look(self, batch, logs):
        if logs and not math.isfinite(float(logs["loss"])):
            raise self._error("The loss", batch)

    def _look_closely(self, batch, logs):
        self._look(batch, logs)
        if not finite(self.model):
            raise self._error("A weight", batch)

    def _error(self, what, batch):
        return TrainingError(
            f"{what} is no longer a finite number (epoch {self.epoch + 1}, step "
            f"{self.counters['step'] + batch + 1} of the run, learning rate "
            f"{learning_rate(self.model):.2g})",
            do="Lower training.learning_rate or training.clip_norm; the last good "
            "state is kept in the run's folder",
        )


class Keeper(keras.callbacks.Callback):
    """Validates after each epoch and keeps the best and the latest state.

    validate: a function of the network that gives `{score: value}`, the main score
    first. The best epoch is the one with the best mean of its main score and those
    of the two epochs before it; ties go to the lower `log_loss`. One epoch's score on a
    few hundred rows is mostly luck, and the luckiest of twenty is seldom the best. An
    epoch whose score is not a finite number is never the best, and in no mean.
    """

    def __init__(
        self,
        validate,
        checkpoints,
        journal,
        counters,
        patience,
        lower_is_better=False,
    ):
        super().__init__()
        self.validate = validate
        self.checkpoints = checkpoints
        self.journal = journal
        self.counters = counters
        self.patience = patience
        self.sign = -1 if lower_is_better else 1
        self._begun = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self._begun = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        scores = self.validate(self.model)
        self.counters["epoch"] = epoch + 1
        self.counters["step"] += self.params["steps"]
        self._judge(scores)
        # the line first: a run killed in between repeats the epoch and its line
        self._record(epoch, logs or {}, scores)
        self.checkpoints.save(self.model, self.counters)
        if self.counters["stopped_early"]:
            self.model.stop_training = True

    def _judge(self, scores):
        key = self._key(scores)
        best = self.counters["best"]
        if key is not None and (best is None or key > best):
            step = self.counters["step"]
            self.checkpoints.save_best(self.model, step)
            self.counters.update(best=key, best_step=step, waited=0)
        else:
            self.counters["waited"] += 1
        self.counters["stopped_early"] = self.counters["waited"] >= self.patience

    def _key(self, scores):
        """What an epoch is compared by, `[score, -log_loss]`; None where it is NaN."""
        main = self.sign * float(next(iter(scores.values())))
        loss = float(scores.get("log_loss", 0.0))
        if not math.isfinite(main):
            return None
        own = [main, -loss if math.isfinite(loss) else -_WORST_LOSS]
        recent = [*self.counters["recent"], own][-_JUDGED_TOGETHER:]
        self.counters["recent"] = recent
        return [mean(values) for values in zip(*recent, strict=True)]

    def _record(self, epoch, logs, scores):
        own = {name: value for name, value in logs.items() if "/" not in name}
        self.journal.epoch(
            epoch,
            {
                "train": {name: float(value) for name, value in own.items()},
                "columns": column_figures(self.model, logs),
                "valid": scores,
                "learning_rate": learning_rate(self.model),
                "seconds": round(time.monotonic() - self._begun, 3),
            },
        )


class Stopper(keras.callbacks.Callback):
    """Saves and raises `Stopped` after the step in which an interrupt came.

    figures: values of the network's metrics over the part of an epoch that was trained
    before the interrupt; `fit` begins an epoch with metrics at zero.
    """

    def __init__(self, interrupt, checkpoints, counters, figures=()):
        super().__init__()
        self.interrupt = interrupt
        self.checkpoints = checkpoints
        self.counters = counters
        self.figures = figures

    def on_epoch_begin(self, epoch, logs=None):
        if self.figures:
            pairs = zip(self.model.metrics_variables, self.figures, strict=True)
            for variable, value in pairs:
                variable.assign(value)
            self.figures = ()

    def on_train_batch_end(self, batch, logs=None):
        # at the last step the epoch's own checkpoint follows, after validation
        if self.interrupt.raised and batch + 1 < self.params["steps"]:
            self.counters["step"] += batch + 1
            self.checkpoints.save(self.model, self.counters)
            raise Stopped

    def on_epoch_end(self, epoch, logs=None):
        if self.interrupt.raised:
            raise Stopped


class Bar(keras.callbacks.Callback):
    """One bar over all epochs with the latest scores, and a line for each epoch."""

    def __init__(self, epochs, steps, journal, counters):
        super().__init__()
        self.epochs = epochs
        self.steps = steps
        self.journal = journal
        self.counters = counters
        self._progress = None

    def on_train_begin(self, logs=None):
        if not watched() or self._progress is not None:
            return
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._progress.start()
        self._task = self._progress.add_task("Training", total=self.epochs * self.steps)

    def on_train_batch_end(self, batch, logs=None):
        if self._progress and batch % 5 == 0:
            done = self.counters["step"] + batch + 1
            self._progress.update(self._task, completed=done)

    def on_epoch_end(self, epoch, logs=None):
        if self._progress:
            self._progress.console.print(epoch_line(self.journal.read()[-1]))

    def close(self):
        """Take the bar away."""
        if self._progress:
            self._progress.stop()
            self._progress = None


def learning_rate(network):
    """The rate of the network's next step."""
    return float(ops.convert_to_numpy(network.optimizer.learning_rate))


def column_figures(network, logs):
    """`{column: {"loss", its progress, "gradient"}}` of the epoch, on training rows.

    loss and progress are of the column's own head; gradient is the length of that which
    reached its front and encoder, as a running mean over the last steps.
    """
    found = {}
    for name, value in logs.items():
        slug, slash, figure = name.partition("/")
        if slash:
            found.setdefault(slug, {})[figure] = float(value)
    optimizer = getattr(network.optimizer, "inner_optimizer", network.optimizer)
    for slug, norm in optimizer.norms.items():
        found.setdefault(slug, {})["gradient"] = norm
    return found
