"""One trunk for the columns of several encoders."""

from homodal.errors import RecipeError
from homodal.layers.contracts import Encoder
from homodal.layers.masking import zero_padding


class TrunkEncoder(Encoder):
    """An encoder of a stem for each column and a trunk that columns may share.

    A subclass says how to make its `stem` and its `trunk`; a trunk that is shared is
    made once, whichever column asks first. Arguments that shape it must agree.
    """

    def make_stem(self):
        """The layer from values of any rank to a Stream."""
        raise NotImplementedError

    def make_trunk(self):
        """The layer from steps `(batch, T, width)` and their mask to a Stream."""
        raise NotImplementedError

    def trunk_options(self):
        """What must be equal for two columns to share a trunk."""
        raise NotImplementedError

    def share(self, other):
        """Use the trunk of `other`; before `build`. Raises `RecipeError`."""
        own, others = ((type(e).__name__, e.trunk_options()) for e in (self, other))
        if own != others:
            raise RecipeError(
                "Two columns cannot share the weights of encoders that differ",
                expected=others,
                got=own,
                do="Give the columns one encoder, or set 'share: structure'",
            )
        if other.trunk is None:
            other.trunk = other.make_trunk()
        self.trunk = other.trunk

    def build(self, values_shape):
        self.stem = self.make_stem()
        self.stem.build(values_shape)
        if self.trunk is None:
            self.trunk = self.make_trunk()
        if not self.trunk.built:
            self.trunk.build((None, None, self.width))

    def call(self, values, mask, training=False):
        stream = self.stem(zero_padding(values, mask), mask, training=training)
        return self.trunk(*stream, training=training)
