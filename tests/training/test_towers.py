"""What a process does with its cores is told before TensorFlow begins."""

import json
import os
import subprocess
import sys

ASKED = """
import json, sys
from homodal import api

rows = {"size": [n % 7 + n % 2 for n in range(40)], "label": ["a", "b"] * 20}
run = api.train(rows, settings={
    "target": "label", "encoder.width": 8, "encoder.depth": 1, "training.epochs": 1,
    "training.batch_size": 16}, out=sys.argv[1])
import tensorflow as tf

threads = tf.config.threading
print(json.dumps([threads.get_inter_op_parallelism_threads(),
                  threads.get_intra_op_parallelism_threads(),
                  "train_step" in vars(run.model.network)]))
"""


def test_training_shares_out_the_cores(tmp_path):
    """Unless it is told otherwise: `layers/test_cores_tensorflow.py`."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("TF_NUM_")}
    done = subprocess.run(
        [sys.executable, "-c", ASKED, tmp_path / "run"],
        env=known | {"KERAS_BACKEND": "tensorflow", "HOMODAL_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    wanted = [2, max(1, (os.cpu_count() or 1) // 2), True]
    assert json.loads(done.stdout.splitlines()[-1]) == wanted
