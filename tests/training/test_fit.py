"""Exact resume after any end, and that the optimizer does what the recipe says."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from homodal import api, cli
from homodal.errors import TrainingError
from homodal.model.weights import named_weights, to_numpy
from homodal.training import callbacks
from homodal.training.checkpoints import Checkpoints, _state, finite
from homodal.training.fit import compile_network, fit
from homodal.training.journal import Journal

# a process of its own that trains, or goes on, and is killed at a chosen instant
KILLED = """
import json, os, signal, sys
from homodal import api
from homodal.data import folders
from homodal.training import callbacks

table, run, instant, settings = sys.argv[1:]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
batch_end = callbacks.Guard.on_train_batch_end
record = callbacks.Keeper._record
written = folders.write_synced

def in_an_epoch(self, batch, logs=None):
    batch_end(self, batch, logs)
    if instant == "in an epoch" and batch == 3:
        die()

def after_the_line(self, *arguments):
    record(self, *arguments)
    if instant == "after the line":
        die()

def in_a_checkpoint(path, data):
    if instant == "in a checkpoint" and path.name == "counters.json":
        if json.loads(data)["epoch"] == 2:
            die()
    written(path, data)

callbacks.Guard.on_train_batch_end = in_an_epoch
callbacks.Keeper._record = after_the_line
folders.write_synced = in_a_checkpoint
if os.path.exists(run):
    api.resume(run)
else:
    api.train(table, settings=json.loads(settings), out=run)
"""


def killed(table, run, instant, settings):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, table, run, instant, json.dumps(settings)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return sorted(path.name for path in (run / "checkpoints").iterdir())


def command_line(monkeypatch, *arguments):
    """Exit code of the command line, in this process."""
    monkeypatch.setattr(sys, "argv", ["homodal", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def train_command(table, settings, out):
    pairs = [f"{key}={value}" for key, value in settings.items() if key != "encoder"]
    pairs += [f"encoder.{key}={value}" for key, value in settings["encoder"].items()]
    options = [word for pair in pairs for word in ("--set", pair)]
    return ["train", table, "--columns", "size", *options, "--out", out]


def test_killed_and_resumed_to_the_bit(
    table, settings, whole, same_run, apart, tmp_path
):
    run = tmp_path / "run"
    # an epoch is judged and written down, its checkpoint is not there yet
    left = killed(table, run, "after the line", settings())
    assert left == ["best-000000006", "step-000000000"]
    assert len(Journal(run).read()) == 2
    left = killed(table, run, "in an epoch", settings())
    assert left == ["step-000000000"]
    left = killed(table, run, "in a checkpoint", settings())
    assert [name[:15] for name in left if ".tmp" in name] == [".step-000000012"]
    assert "step-000000006" in left and "step-000000012" not in left
    apart("resume", run)
    same_run(run, whole)
    assert not [p for p in (run / "checkpoints").iterdir() if p.name[0] == "."]


def test_an_augmented_run_goes_on_to_the_bit(
    table, settings, whole_size, same_run, signal_at, tmp_path
):
    told = settings() | {"augment": "strong"}
    ours, cut = tmp_path / "ours", tmp_path / "cut"
    api.train(table, settings=told, columns=["size"], out=ours)
    signal_at(1, 2, signal.SIGINT)
    assert not api.train(table, settings=told, columns=["size"], out=cut).finished
    assert api.resume(cut).finished
    same_run(cut, ours)
    with pytest.raises(AssertionError):
        same_run(ours, whole_size)


def test_same_seed_same_weights(table, settings, whole_size, same_run, tmp_path):
    api.train(table, settings=settings(), columns=["size"], out=tmp_path / "run")
    same_run(tmp_path / "run", whole_size)


@pytest.mark.parametrize(
    ("epoch", "batch", "number", "steps", "lines"),
    [
        (1, 2, signal.SIGINT, 9, 1),  # in the middle of an epoch
        (1, 5, signal.SIGTERM, 12, 2),  # at its very last step
        (0, 0, signal.SIGINT, 1, 0),  # at the first of all
    ],
)
def test_a_signal_saves_and_exits_with_130(
    table,
    settings,
    whole_size,
    same_run,
    signal_at,
    tmp_path,
    monkeypatch,
    epoch,
    batch,
    number,
    steps,
    lines,
):
    run = tmp_path / "run"
    signal_at(epoch, batch, number)
    command = train_command(table, settings(), run)
    assert command_line(monkeypatch, *command) == 130
    assert f"step-{steps:09d}" in {p.name for p in (run / "checkpoints").iterdir()}
    assert len(Journal(run).read()) == 1 + lines
    assert (run / "bundle").is_dir()
    assert command_line(monkeypatch, "train", "--resume", run) == 0
    same_run(run, whole_size)


def test_a_signal_at_the_end_of_all_changes_nothing(
    table, settings, whole_size, same_run, signal_at, tmp_path
):
    signal_at(epoch=2, batch=5)
    run = api.train(table, settings=settings(), columns=["size"], out=tmp_path / "run")
    assert run.finished
    same_run(run.folder, whole_size)


def test_a_second_signal_stops_at_once(
    table, settings, whole_size, same_run, signal_at, tmp_path, monkeypatch
):
    run = tmp_path / "run"
    signal_at(epoch=1, batch=2, times=2)
    command = train_command(table, settings(), run)
    assert command_line(monkeypatch, *command) == 130
    assert not (run / "bundle").exists()
    assert api.resume(run).finished
    same_run(run, whole_size)


def test_ctrl_c_in_a_terminal(table, settings, tmp_path):
    command = train_command(table, settings(epochs=500), tmp_path / "run")
    command = [sys.executable, "-m", "homodal", *map(str, command)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    journal = Journal(tmp_path / "run")
    while process.poll() is None and len(journal.read()) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate()
    assert process.returncode == 130, error
    assert b"--resume" in out and b"Traceback" not in error


@pytest.mark.slow
def test_killed_at_any_instant(table, settings, whole, same_run, apart, tmp_path):
    rng = np.random.default_rng(0)
    for attempt in range(8):
        run = tmp_path / str(attempt)
        code = "import sys; from homodal import api; api.train(sys.argv[1], out="
        code += f"sys.argv[2], settings={settings()!r})"
        process = subprocess.Popen([sys.executable, "-c", code, table, run])
        while process.poll() is None and not (run / "checkpoints").is_dir():
            time.sleep(0.001)
        time.sleep(float(rng.uniform(0, 3)))  # the instant itself is what is tested
        process.kill()
        process.wait()
        apart("resume", run)
        same_run(run, whole)


def test_a_damaged_checkpoint_costs_an_epoch_only(
    table, settings, whole_size, same_run, signal_at, tmp_path
):
    signal_at(epoch=1, batch=5)
    run = api.train(table, settings=settings(), columns=["size"], out=tmp_path / "run")
    state = run.folder / "checkpoints" / "step-000000012" / "state.safetensors"
    state.write_bytes(state.read_bytes()[:-1])
    assert api.resume(run.folder).finished
    same_run(run.folder, whole_size)


def test_a_full_disk_stops_and_the_run_goes_on(
    table, settings, whole_size, same_run, tmp_path, monkeypatch, disk_full, capsys
):
    run = tmp_path / "run"
    with monkeypatch.context() as context:
        disk_full("step-000000012")
        command = train_command(table, settings(), run)
        assert command_line(context, *command) == 1
        monkeypatch.undo()
    assert "cannot be written: No space left" in capsys.readouterr().err
    assert (run / "bundle").is_dir()  # the best so far
    assert api.resume(run).finished
    same_run(run, whole_size)


def test_no_space_for_the_bundle(
    table, settings, whole_size, same_run, tmp_path, monkeypatch, disk_full
):
    run = tmp_path / "run"
    disk_full(".bundle.")
    with pytest.raises(TrainingError, match=r"bundle' cannot be written: No space"):
        api.train(table, settings=settings(), columns=["size"], out=run)
    monkeypatch.undo()
    assert api.resume(run).finished
    same_run(run, whole_size)


def test_no_number_any_more(table, settings, tmp_path, monkeypatch, capsys):
    run = tmp_path / "run"
    command = train_command(table, settings(learning_rate=1e37), run)
    assert command_line(monkeypatch, *command) == 1
    assert "is no longer a finite number (epoch 1, step" in capsys.readouterr().err


def test_the_best_epoch_before_it_is_the_bundle(
    table, settings, tmp_path, monkeypatch, poisoned
):
    batch_end, best = callbacks.Guard.on_train_batch_end, []

    def poisoning(self, batch, logs=None):
        batch_end(self, batch, logs)
        if (self.epoch, batch) == (1, 0):
            best.append(to_numpy(named_weights(self.model)))
            poisoned(self.model)

    monkeypatch.setattr(callbacks.Guard, "on_train_batch_end", poisoning)
    run = tmp_path / "run"
    with pytest.raises(TrainingError, match=r"finite number \(epoch 2, step 12 of"):
        api.train(table, settings=settings(), columns=["size"], out=run)
    assert len(Journal(run).read()) == 2
    network = api.load(run).network
    assert finite(network)
    found, after = to_numpy(named_weights(network)), best[0]
    rate = 2e-3  # the bundle is one step before what the second epoch began with
    assert all(np.abs(found[name] - after[name]).max() < 2 * rate for name in found)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_and_resumes(
    opened, kept, signal_at, precision, tmp_path
):
    def trained(kept):
        run = opened(["size"], epochs=2, precision=precision)
        arguments = (run.network, run.batches, run.training)
        return run.network, fit(*arguments, lambda network: {"accuracy": 0.5}, *kept)

    network, finished = trained(kept)
    assert finished
    whole = to_numpy(_state(network))
    signal_at(epoch=1, batch=3)
    again = Checkpoints(tmp_path / "again"), Journal(tmp_path)
    assert not trained(again)[1]
    network, finished = trained(again)
    assert finished
    resumed = to_numpy(_state(network))
    for name in whole:
        np.testing.assert_array_equal(resumed[name], whole[name])


@pytest.fixture(scope="module")
def first_steps(opened):
    """What the first step does, with and without clipping and decay."""

    def stepped(**training):
        run = opened(["size"], learning_rate=0.1, **training)
        # of so few steps none is for warming up
        rate = float(compile_network(run.network, run.training, 1, jit=False)(0))
        before = to_numpy(named_weights(run.network))
        run.network.train_on_batch(*run.batches.batch(0))
        after = to_numpy(named_weights(run.network))
        (mean,) = (
            variable
            for variable in run.network.optimizer.variables
            if variable.path.endswith("/mean")
        )
        assert mean.shape == (sum(weight.size for weight in before.values()),)
        # Adam's first moment is then (1 - 0.9) times the clipped gradient
        norm = np.linalg.norm(to_numpy({"mean": mean})["mean"] / 0.1)
        steps = {name: after[name] - before[name] for name in before}
        return before, steps, norm, rate

    return {
        "clipped": stepped(clip_norm=1e-3, weight_decay=0),
        "plain": stepped(clip_norm=1e9, weight_decay=0),
        "decayed": stepped(clip_norm=1e9, weight_decay=0.5),
    }


def test_the_gradient_is_clipped(first_steps):
    assert first_steps["clipped"][2] == pytest.approx(1e-3, rel=1e-4)
    assert first_steps["plain"][2] > 1e-2


def test_weights_decay_but_not_biases_and_scales(first_steps):
    before, plain, _, rate = first_steps["plain"]
    _, decayed, _, _ = first_steps["decayed"]
    still = ("bias", "scale", "rates")
    for name in before:
        factor = 0.0 if name.endswith(still) else rate * 0.5
        wanted = plain[name] - factor * before[name]
        np.testing.assert_allclose(decayed[name], wanted, atol=1e-6)


def test_a_step_is_at_most_the_learning_rate(first_steps):
    """With moments from zero, Adam's first step is the rate times the sign."""
    _, steps, _, rate = first_steps["plain"]
    sizes = np.concatenate([np.abs(step).ravel() for step in steps.values()])
    assert 0.01 < rate and sizes.max() <= rate * (1 + 1e-4)
    assert np.median(sizes[sizes > 0]) == pytest.approx(rate, rel=1e-2)
