"""What a backend does to keep all cores busy; XLA and GPUs need nothing."""

import keras


def share_cores() -> None:
    """Once, before the first operation of the process, if a training comes."""
    if keras.backend.backend() == "tensorflow":
        from homodal.layers import cores_tensorflow

        cores_tensorflow.share_cores()
