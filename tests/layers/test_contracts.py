import pytest

from homodal.layers.contracts import Encoder, Front, Fusion, Head


@pytest.mark.parametrize("contract", [Front, Encoder, Fusion])
def test_a_contract_computes_nothing_itself(contract):
    with pytest.raises(NotImplementedError):
        contract.call(None, None, None)


@pytest.mark.parametrize("method", [Head.call, Head.loss])
def test_a_head_computes_nothing_itself(method):
    with pytest.raises(NotImplementedError):
        method(None, None, None)


def test_an_encoder_shares_its_trunk():
    first, second = Encoder(), Encoder()
    first.trunk = "trunk"
    second.share(first)
    assert second.trunk == "trunk"
