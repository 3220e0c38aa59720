from homodal.training.diagnosis import levers, starved


def epochs(*columns):
    """Events of so many epochs; a column is `(accuracy, gradient)`."""
    names = ("face", "words", "age")
    event = {
        "columns": {
            name: {"accuracy": right, "loss": 1.0, "gradient": gradient}
            for name, (right, gradient) in zip(names, columns, strict=False)
        }
    }
    return [event] * 4


def test_a_column_with_little_gradient_that_is_far_behind_starves():
    found = starved(epochs((0.9, 2.0), (0.3, 0.1), (0.8, 0.1)))
    assert list(found) == ["words"]
    assert "5% of the gradient of 'face'" in found["words"]
    assert "30% of the training rows by itself, 'face' in 90%" in found["words"]
    assert "--columns words" in levers("words") and "balance=ogm" in levers("words")


def test_columns_that_learn_do_not():
    assert starved(epochs((0.9, 2.0), (0.3, 1.0))) == {}
    assert starved(epochs((0.9, 2.0), (0.8, 0.1))) == {}


def test_only_the_last_epochs_count():
    before = epochs((0.9, 2.0), (0.1, 0.01))
    assert starved(before + epochs((0.9, 2.0), (0.9, 2.0))[:3]) == {}


def test_nothing_is_said_of_what_was_not_watched():
    assert starved([]) == {}
    assert starved([{"columns": {}}, {}]) == {}
    assert starved(epochs((0.9, 2.0))) == {}
