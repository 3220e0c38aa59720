"""Which augmentations a column gets, and what is said of wrong ones."""

import pytest

from homodal.augmenting import augmentations_for, checked_augment, refuse_idle, short
from homodal.errors import HomodalError


def names(value, modality, **more):
    return [c["name"] for c in augmentations_for(value, modality, **more)]


def test_a_level_brings_what_is_for_the_modality():
    assert names("none", "image") == []
    assert names("light", "image") == ["colour", "move"]
    assert names("light", "audio") == ["noise"]
    light, strong = (augmentations_for(v, "audio")[-1] for v in ("light", "strong"))
    assert light["snr_db"] > strong["snr_db"]


def test_a_level_brings_nothing_that_could_turn_an_answer_round():
    assert "mirror" not in names("strong", "image")
    assert names(checked_augment(["mirror"], "x"), "image") == ["mirror"]


def test_steps_stay_where_they_are_for_answers_by_the_step():
    assert "swap_tokens" in names("strong", "text")
    assert "swap_tokens" not in names("strong", "text", timed=True)


def test_a_list_is_taken_as_it_is_told():
    value = checked_augment(["move", {"name": "noise", "snr_db": 3.0}], "x")
    assert augmentations_for(value, "video") == [{"name": "move"}]
    assert augmentations_for(value, "audio") == [{"name": "noise", "snr_db": 3.0}]
    assert short(value) == ["move", {"name": "noise", "snr_db": 3.0}]
    assert checked_augment("move", "x") == [{"name": "move"}]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("ligth", "light"),
        (["mvoe"], "move"),
        ([{"name": "move", "turn": 3}], "turn_degrees"),
        ([3], "list of augmentations"),
        ({"contrast": 1}, "list of augmentations"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_near(value, said):
    with pytest.raises(HomodalError, match=said):
        checked_augment(value, "'augment' of the recipe")


def test_one_that_is_for_no_column_is_refused():
    refuse_idle("strong", ["text"])
    refuse_idle([{"name": "move"}], ["text", "video"])
    with pytest.raises(HomodalError, match="No column takes the augmentation 'move'"):
        refuse_idle([{"name": "move"}], ["text"])
