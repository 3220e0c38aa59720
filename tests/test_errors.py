"""One grammar: what is wrong. Expected. Got. What to do."""

import inspect

import pytest

from homodal import errors
from homodal.errors import HomodalError, did_you_mean, one_of


def test_the_sentences_come_in_order():
    error = HomodalError("It broke", expected="a whole", got="a half", do="Mend it")
    assert str(error) == "It broke. Expected a whole. Got a half. Mend it."


def test_a_sentence_keeps_its_own_end():
    assert str(HomodalError("Broken", do="Did you mean 'x'?")).endswith("'x'?")


def test_every_error_stands_in_the_tree_of_the_docstring():
    classes = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, HomodalError)
    ]
    assert all(name in errors.__doc__ for name in classes)


@pytest.mark.parametrize(
    "name, expected", [("widht", "Did you mean 'width'?"), ("zzz", None)]
)
def test_near_names(name, expected):
    assert did_you_mean(name, ["width", "dropout"]) == expected


def test_one_of_is_sorted():
    assert one_of(["b", "a"]) == "one of: a, b"
