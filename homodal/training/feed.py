"""Training batches by global step: a pure function, so that any step can be resumed."""

import keras


class Feed(keras.utils.PyDataset):
    """Endless training batches; batch `i` of `fit` is global step `first_step + i`.

    batches: `data.batches.Batches` with a seed. The order of an epoch is computed once
    for the epoch at hand; nothing depends on when Keras asks.
    """

    def __init__(self, batches, first_step=0):
        super().__init__(workers=1)
        self.batches = batches
        self.first_step = first_step
        self._order = (None, None)

    @property
    def num_batches(self):
        return None

    def __getitem__(self, index):
        epoch, inside = divmod(self.first_step + index, len(self.batches))
        known, order = self._order
        if known != epoch:
            order = self.batches.order(epoch)
            self._order = (epoch, order)
        return self.batches.batch(inside, order=order)
