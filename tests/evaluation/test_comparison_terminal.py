import io

import numpy as np
from rich.console import Console

from homodal.evaluation.comparison_terminal import show_comparison
from homodal.evaluation.outcomes import Outcomes
from homodal.evaluation.paired import compared


def test_models_pairs_and_the_verdict_are_shown():
    outcomes = {}
    for name, share in (("runs/[red]good", 0.9), ("runs/bad\x1b[31m", 0.5)):
        outcomes[name] = Outcomes()
        right = np.random.default_rng(0).random(200) < share
        likely = np.where(right[:, None], [0.8, 0.2], [0.3, 0.7])
        outcomes[name].add(np.arange(200), likely, np.zeros(200, int))
    file = io.StringIO()
    show_comparison(compared(outcomes), Console(file=file, width=80, highlight=False))
    text = file.getvalue()
    assert "\x1b" not in text
    assert text.index("runs/[red]good") < text.index("runs/bad\\x1b[31m")
    assert "runs/[red]good is better than" in text
    assert "0.000" in text and "McNemar" in text
