"""The demo's tour: it trains, scores, shows each column and says what to try."""

from homodal.demo.tour import tour

TINY = {"training.epochs": 1, "encoder.width": 8, "encoder.depth": 1}


def test_the_tour_from_end_to_end(tmp_path, capsys):
    out = tmp_path / "demo"
    for _ in "12":  # a second tour takes the place of the first
        tour(out, settings=TINY)
    shown = capsys.readouterr().out
    for column in ("picture", "speech", "word", "film", "ink", "language"):
        assert f"{column} alone" in shown
    assert "140 rows" in shown
    assert shown.count("homodal predict") == 2
    assert (out / "evaluation.json").is_file()
    assert (out / "confusion.png").is_file()
