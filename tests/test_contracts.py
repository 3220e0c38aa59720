"""The NumPy contracts ask for what they say, and no more."""

import pytest

from homodal.contracts import UNLABELLED, UNSEEN, Evidence, Modality, Target


@pytest.mark.parametrize("contract", [Modality, Target])
def test_a_contract_is_abstract(contract):
    with pytest.raises(TypeError, match="abstract"):
        contract()


def test_a_modality_that_learns_nothing_keeps_its_arrays():
    class Echo(Modality):
        def recognise(self, cells):
            return Evidence(1.0, "all of it")

        def read(self, cell):
            return cell

        def shape(self, facts):
            return ()

        def example(self, folder, rng):
            return 1

    assert Echo().learn([1, 2]) == {}
    assert Echo().encode("array", {}) == "array"


def test_marks_of_rows_without_a_known_answer_are_no_class():
    assert UNSEEN < 0 and UNLABELLED < 0 and UNSEEN != UNLABELLED


def test_evidence_has_options_of_its_own():
    assert Evidence(0.5, "why").options == {}
    assert Evidence(0.5, "why").options is not Evidence(0.5, "why").options
