"""Threads that are told stay as they are; `training/test_towers.py` has the others."""

import os
import subprocess
import sys

_SAY = """
from homodal.layers.cores_tensorflow import share_cores
import tensorflow as tf
share_cores()
threads = tf.config.threading
print(threads.get_inter_op_parallelism_threads(),
      threads.get_intra_op_parallelism_threads())
"""


def test_threads_that_are_told_stay():
    told = os.environ | {"TF_NUM_INTRAOP_THREADS": "3", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-c", _SAY],
        env=told,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[-2] == "0 0"
