"""All state there and back, damage passed over, a full disk survived."""

import keras
import numpy as np
import pytest

from homodal.errors import TrainingError
from homodal.model.weights import named_variables, named_weights, to_numpy
from homodal.training.checkpoints import Checkpoints, _state, finite
from homodal.training.fit import compile_network, new_counters


@pytest.fixture
def run(opened):
    run = opened()
    compile_network(run.network, run.training, len(run.batches), jit=False)
    return run


@pytest.fixture
def checkpoints(tmp_path):
    return Checkpoints(tmp_path / "checkpoints")


def names(checkpoints):
    return sorted(path.name for path in checkpoints.folder.iterdir())


def counters(step, best_step=0):
    return new_counters() | {"step": step, "best_step": best_step}


def shifted(network, by):
    """Every variable of the state moved, so that loading it is seen."""
    for variable in _state(network).values():
        variable.assign(variable + keras.ops.cast(by, variable.dtype))


def same(one, other):
    assert set(one) == set(other)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def damage(folder):
    path = folder / "state.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def test_all_variables_are_in_the_state(run):
    network = run.network
    kept = {id(v) for v in _state(network).values()}
    for group in (network.variables, network.optimizer.variables):
        assert {id(variable) for variable in group} <= kept
    assert any("seed_generator" in name for name in _state(network))
    assert set(named_weights(network)) < set(named_variables(network))


def test_state_comes_back_to_the_bit(run, checkpoints):
    for step in range(2):
        run.network.train_on_batch(*run.batches.batch(step))
    before = to_numpy(_state(run.network))
    checkpoints.save(run.network, counters(2))
    shifted(run.network, by=1)
    assert checkpoints.load_latest(run.network) == counters(2)
    same(to_numpy(_state(run.network)), before)


def test_none_without_a_checkpoint(run, checkpoints):
    assert checkpoints.load_latest(run.network) is None


def test_the_newest_two_are_kept(run, checkpoints):
    for step in (1, 2, 10):
        checkpoints.save(run.network, counters(step))
    assert names(checkpoints) == ["step-000000002", "step-000000010"]
    assert checkpoints.load_latest(run.network)["step"] == 10


def test_a_damaged_one_is_passed_over(run, checkpoints):
    checkpoints.save(run.network, counters(1))
    before = to_numpy(_state(run.network))
    shifted(run.network, by=1)
    checkpoints.save(run.network, counters(2))
    damage(checkpoints.folder / "step-000000002")
    assert checkpoints.load_latest(run.network)["step"] == 1
    same(to_numpy(_state(run.network)), before)


def test_an_unfinished_one_is_passed_over_and_swept(run, checkpoints):
    checkpoints.save(run.network, counters(1))
    (checkpoints.folder / "step-000000002").mkdir()
    (checkpoints.folder / ".step-000000003.12345678.tmp").mkdir()
    assert checkpoints.load_latest(run.network)["step"] == 1
    checkpoints.sweep()
    assert names(checkpoints) == ["step-000000001", "step-000000002"]


def test_no_whole_one_is_an_error(run, checkpoints):
    checkpoints.save(run.network, counters(1))
    damage(checkpoints.folder / "step-000000001")
    with pytest.raises(TrainingError, match=r"No checkpoint .* whole.*is not what was"):
        checkpoints.load_latest(run.network)


def test_best_weights_come_back(run, checkpoints):
    before = to_numpy(named_weights(run.network))
    checkpoints.save_best(run.network, 4)
    shifted(run.network, by=1)
    checkpoints.load_best(run.network, 4)
    same(to_numpy(named_weights(run.network)), before)


def test_best_weights_stay_while_a_kept_checkpoint_refers_to_them(run, checkpoints):
    for step, best in ((1, 1), (2, 2), (3, 2), (4, 4)):
        if step == best:
            checkpoints.save_best(run.network, step)
        checkpoints.save(run.network, counters(step, best))
    bests = [name for name in names(checkpoints) if name.startswith("best")]
    assert bests == ["best-000000002", "best-000000004"]
    checkpoints.save(run.network, counters(5, 4))
    assert "best-000000002" not in names(checkpoints)


def test_a_full_disk_leaves_what_was_there(run, checkpoints, disk_full):
    checkpoints.save(run.network, counters(1))
    disk_full("manifest.json")
    wrong = r"step-000000002' cannot be written: No space left.*Free some space"
    with pytest.raises(TrainingError, match=wrong):
        checkpoints.save(run.network, counters(2))
    assert names(checkpoints) == ["step-000000001"]
    assert checkpoints.load_latest(run.network)["step"] == 1


def test_finite(run, poisoned):
    assert finite(run.network)
    poisoned(run.network)
    assert not finite(run.network)
