import numpy as np
import pytest

from homodal.errors import BadCell, TargetError
from homodal.targets.number import Number


def test_numbers_are_read_in_any_spelling():
    assert [Number().read(cell) for cell in (1, 2.5, " 3e2 ")] == [1.0, 2.5, 300.0]


@pytest.mark.parametrize("cell", ["many", True, "inf", [[1]]])
def test_what_is_no_number_says_so(cell):
    with pytest.raises(BadCell, match="not a"):
        Number().read(cell)


def test_few_whole_numbers_may_be_names_and_are_left_to_classes():
    assert Number().recognise([1, 2, 3, 4, 5] * 20).confidence < 0.4
    assert Number().recognise(list(range(40))).confidence > 0.95
    assert Number().recognise([0.5, 1.25, 2.0, 3.75]).confidence > 0.95


def test_facts_are_the_training_rows():
    facts = Number().learn([1.0, 2.0, 6.0])
    assert facts == {"mean": 3.0, "deviation": pytest.approx(2.160247), "median": 2.0}


def test_answers_are_in_the_unit_of_the_cells():
    facts = {"mean": 3.0, "deviation": 2.0, "median": 2.0}
    assert Number().encode(7.0, facts) == 2.0
    assert Number().decode(np.array([[2.0], [0.0]]), facts) == {"number": [7.0, 3.0]}


def test_one_number_in_every_row_is_refused():
    with pytest.raises(TargetError, match="one number in every row"):
        Number().learn([4.0, 4.0])


def test_several_numbers_in_every_way_to_write_them():
    target = Number(separator=";")
    cells = ([1, 2.5], "[1, 2.5]", "1; 2.5", np.array([1, 2.5]), (1, "2.5"))
    assert [target.read(cell) for cell in cells] == [[1.0, 2.5]] * 5
    assert target.read([4]) == 4.0
    with pytest.raises(BadCell, match="not a number"):
        Number().read("1,5")  # a comma is told, or it is no number


def test_several_numbers_are_recognised_where_all_rows_have_as_many():
    joined = Number().recognise(["1;2", "3;4.5"] * 5)
    assert (joined.confidence, joined.options) == (0.97, {"separator": ";"})
    assert Number().recognise([[1.0, 2.0], [3.0, 4.0]]).options == {}
    assert Number().recognise([[1.0, 2.0], [3.0]]).confidence < 0.4
    with pytest.raises(TargetError, match="different counts"):
        Number().learn([[1.0, 2.0], 3.0])


def test_several_numbers_have_facts_of_their_own():
    facts = Number().learn([[1.0, 10.0], [3.0, 30.0]])
    assert facts["numbers"] == 2
    assert facts["median"] == [2.0, 20.0]
    np.testing.assert_allclose(Number().encode([3.0, 10.0], facts), [1, -1])
    answers = Number().decode(np.array([[1.0, -1.0]]), facts)
    assert answers == {"number": [[3.0, 10.0]]}
    assert Number().blank(facts).shape == (2,)
    with pytest.raises(TargetError, match=r"Expected 2\. Got 1"):
        Number().encode(3.0, facts)


def test_the_log_scale_is_of_factors():
    target = Number(scale="log")
    facts = target.learn([1.0, 100.0, 10.0])
    assert facts["mean"] == pytest.approx(np.log(10))
    assert facts["median"] == 10.0
    encoded = [target.encode(value, facts) for value in (1.0, 10.0)]
    answers = target.decode(np.array(encoded)[:, None], facts)
    assert answers["number"] == pytest.approx([1.0, 10.0])
    with pytest.raises(BadCell, match="not above zero"):
        target.read(0)
    assert "scale=log" in Number().recognise([1.5] * 40 + [1e6] * 3).why
    assert "scale=log" not in Number().recognise(list(range(1, 40))).why


def test_options_that_cannot_be_are_refused():
    for option in ({"spread": "wide"}, {"scale": "cubic"}):
        with pytest.raises(TargetError, match="Expected one of"):
            Number(**option).learn([1.0, 2.0])


def test_quantiles_and_deviations_become_low_and_high():
    facts = {"mean": 10.0, "deviation": 2.0, "median": 10.0}
    quantiles = Number(spread="quantile").decode(np.array([[1.0, 0.0, 1.0]]), facts)
    assert quantiles["number"] == [12.0]
    assert quantiles["low"] == pytest.approx([10 + 2 * (1 - np.log(2))])
    assert quantiles["high"] == pytest.approx([10 + 2 * (1 + np.log(1 + np.e))])
    gaussian = Number(spread="gaussian").decode(np.array([[0.0, np.log(3)]]), facts)
    assert gaussian["high"] == pytest.approx([10 + 2 * 3 * 1.6448536269])
    assert gaussian["low"] == pytest.approx([10 - 2 * 3 * 1.6448536269])
    for spread in ("none", "gaussian", "quantile"):
        nothing = Number(spread=spread).nothing(facts)
        assert (
            list(nothing) == ["number", "low", "high"][: 1 if spread == "none" else 3]
        )


@pytest.mark.parametrize("spread", ["gaussian", "quantile"])
@pytest.mark.parametrize("too_narrow", [0.3, 3.0])
def test_widening_makes_the_range_hold_what_it_promises(spread, too_narrow):
    """The figures are wrong by a factor; other rows are held in 90 % all the same."""
    rng = np.random.default_rng(0)
    rows = 4000
    deviation = np.exp(rng.normal(size=rows))
    truth = rng.normal(size=rows) * deviation
    facts = {"mean": 0.0, "deviation": 1.0, "median": 0.0}
    said = deviation * too_narrow
    if spread == "gaussian":
        logits = np.stack([np.zeros(rows), np.log(said)], axis=1)
    else:
        raw = np.log(np.expm1(1.645 * said))  # the inverse of softplus
        logits = np.stack([np.zeros(rows), raw, raw], axis=1)
    target = Number(spread=spread)
    seen, held = slice(2000), slice(2000, None)
    unknown = (logits[:1], np.array([np.nan]))
    fitted = target.fit([(logits[seen], truth[seen]), unknown], facts)
    assert fitted["widening"] == pytest.approx([1 / too_narrow], rel=0.1)
    answers = target.decode(logits[held], facts | fitted)
    inside = (answers["low"] <= truth[held]) & (truth[held] <= answers["high"])
    assert inside.mean() == pytest.approx(0.9, abs=0.02)


def test_few_rows_widen_to_the_farthest_and_none_fit_nothing():
    facts = {"mean": 0.0, "deviation": 1.0, "median": 0.0}
    target = Number(spread="gaussian")
    logits = np.zeros((3, 2))
    fitted = target.fit([(logits, np.array([0.0, -3.2897, 1.0]))], facts)
    assert fitted["widening"] == pytest.approx([2.0], rel=1e-4)
    assert target.fit([], facts) == {}
    assert target.fit([(logits, np.full(3, np.nan))], facts) == {}
    assert Number().fit([(logits[:, :1], np.zeros(3))], facts) == {}


def test_numbers_as_people_write_them_are_recognised_with_their_options():
    cells = [f"${value:,.2f}" for value in np.linspace(1, 9000, 60)]
    evidence = Number().recognise(cells)
    assert evidence.options == {"thousands": ",", "strip": ["$"]}
    assert "'$' in 60 of 60 cells" in evidence.why
    assert Number(**evidence.options).read("$1,234.50") == 1234.5
    commas = Number().recognise(["1,5; 2,5", "3,25; 4"] * 9)
    assert commas.options == {"separator": ";", "decimal": ","}
    assert Number(**commas.options).read("1,5; 2,5") == [1.5, 2.5]


def test_where_nine_of_ten_are_numbers_the_others_are_mistakes():
    cells = [f"{n / 8}" for n in range(90)]
    evidence = Number().recognise([*cells, "unknown"])
    assert evidence.confidence == pytest.approx(0.96)
    assert "90 of 91 cells are numbers; not a number: 'unknown'" in evidence.why
    assert Number().recognise([*cells, *["unknown"] * 12]).confidence == 0


def test_what_dates_and_times_look_like_is_said():
    for cells, kind in ((["2024-01-02"], "dates"), (["12:30"], "times")):
        evidence = Number().recognise(cells * 30)
        assert evidence.confidence == 0
        assert f"they look like {kind}" in evidence.why


def test_one_row_far_from_the_rest_changes_neither_mean_nor_deviation():
    values = np.random.default_rng(0).normal(100, 30, 300).tolist()
    clean = Number().learn(values)
    assert "robust" not in clean
    for wild in (1e6, -1e9, 1e90):
        facts = Number().learn([*values, wild])
        assert facts["mean"] == pytest.approx(clean["mean"])
        assert facts["deviation"] == pytest.approx(clean["deviation"])
        assert facts["robust"]
        truth = [Number().encode(value, facts) for value in (100.0, wild, 190.0)]
        assert Number().outliers(truth, facts) == {1: f"{wild:.6g}"} or wild == 1e90
        assert np.isfinite(np.square(np.float32(truth))).all()
        assert Number().outliers([0.0, np.nan], facts) == {}


def test_a_long_tail_and_few_rows_have_no_outliers():
    tail = np.exp(np.random.default_rng(0).normal(0, 3, 300)).tolist()
    for values in (tail, [1.0, 2.0, 1e6], [0.0] * 200 + [1.0], list(range(500))):
        facts = Number().learn([float(value) for value in values])
        assert "fences" not in facts
        assert Number().outliers([0.0, 1e9], facts) == {}
    logs = Number(scale="log").learn([*tail, 1e60])
    assert logs["fences"][0][1] < np.log(1e60)
    encoded = Number(scale="log").encode(1e60, logs)
    assert Number(scale="log").outliers([encoded], logs) == {0: "1e+60"}


def test_of_several_numbers_each_has_its_fences():
    rng = np.random.default_rng(0)
    values = [*map(list, rng.normal(size=(100, 2)).tolist()), [0.0, 1e6]]
    facts = Number().learn(values)
    assert facts["fences"][0] is None
    truth = np.array([Number().encode(value, facts) for value in values])
    assert Number().outliers(truth, facts) == {100: "1e+06"}


def test_a_number_whose_square_is_none_cannot_be_learned():
    with pytest.raises(BadCell, match="not a number that can be learned"):
        Number().read("1e300")
