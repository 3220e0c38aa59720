import pytest

from homodal.layers.sharing import TrunkEncoder


@pytest.mark.parametrize("method", ["make_stem", "make_trunk", "trunk_options"])
def test_a_subclass_says_how(method):
    with pytest.raises(NotImplementedError):
        getattr(TrunkEncoder(), method)()
