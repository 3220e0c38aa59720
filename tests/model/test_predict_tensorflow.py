"""One trace for all shapes: a new one for each would cost seconds."""

import keras
import numpy as np
import pytest

from homodal.model.predict import fused_logits
from homodal.tables.table import Table
from homodal.training.session import open_rows

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the other backends compile anew"
)


def test_one_trace_for_any_rows_and_lengths(trained, seen):
    folder, table = seen
    rows = open_rows(Table.open(table, folder), trained.model.preparation)
    network, batches = trained.model.network, rows.batches(24)
    network.traced = None
    shapes, whole = set(), batches.inputs(np.arange(24))
    wanted = keras.ops.convert_to_numpy(network(whole)["logits"])
    for some in ([0], [1], [2], [3, 4, 5], list(range(24))):
        inputs = batches.inputs(np.array(some))
        found = fused_logits(network, inputs, batches.varying)
        np.testing.assert_allclose(found, wanted[some], rtol=1e-4, atol=1e-5)
        shapes |= {tuple(array.shape for array in inputs.values())}
    assert len(shapes) > 3
    assert network.traced.experimental_get_tracing_count() == 1
