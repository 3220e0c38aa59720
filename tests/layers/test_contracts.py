import pytest

from homodal.layers.contracts import Encoder, Front, Fusion, Head


@pytest.mark.parametrize("contract, inputs", [(Front, 2), (Encoder, 2), (Fusion, 2), (Head, 1)])
def test_a_contract_computes_nothing_itself(contract, inputs):
    with pytest.raises(NotImplementedError):
        contract.call(None, *[None] * inputs)


def test_an_encoder_shares_its_trunk():
    first, second = Encoder(), Encoder()
    first.trunk = "trunk"
    second.share(first)
    assert second.trunk == "trunk"
