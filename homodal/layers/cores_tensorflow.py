"""TensorFlow's threads: two operations at a time, each on half of the cores."""

import contextlib
import os

import tensorflow as tf

TOWERS = 2  # whatever the machine: another number draws other random numbers


def share_cores() -> None:
    """Two operations at a time, each on half of the cores, unless it is told otherwise.

    TensorFlow takes this for the whole process, and only before its first operation.
    """
    if any(f"TF_NUM_{kind}OP_THREADS" in os.environ for kind in ("INTRA", "INTER")):
        return
    threads = tf.config.threading
    if threads.get_intra_op_parallelism_threads():
        return
    with contextlib.suppress(RuntimeError):  # it has begun
        threads.set_inter_op_parallelism_threads(TOWERS)
        threads.set_intra_op_parallelism_threads(
            max(1, (os.cpu_count() or 1) // TOWERS)
        )
