"""Threads are shared out once, and never against what somebody told."""

import os
import subprocess
import sys

import pytest

_SAY = """
from homodal.layers.cores import share_cores
import tensorflow as tf
share_cores()
threads = tf.config.threading
print(threads.get_inter_op_parallelism_threads(),
      threads.get_intra_op_parallelism_threads())
"""


@pytest.mark.parametrize(
    "told, wanted",
    [
        ({}, f"2 {max(1, (os.cpu_count() or 1) // 2)}"),
        ({"TF_NUM_INTRAOP_THREADS": "1"}, "0 0"),
    ],
)
def test_threads_are_shared_unless_they_are_told(told, wanted):
    names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    env = {k: v for k, v in os.environ.items() if k not in names}
    env |= told | {"KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-c", _SAY],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[-2] == wanted
