"""`homodal demo`: train on the shipped data and show what comes out."""

import shutil
import time

from homodal.demo import data_folder
from homodal.evaluation.terminal import show

_TARGET = "label"


def tour(out, settings=None):
    """Train on the shipped tables into `out`; show scores and what to try next.

    settings: dotted changes to the recipe, as for `train`.
    """
    from homodal import api

    folder = data_folder()
    if (out / "run.json").is_file():  # only ever a run of this tour's own making
        shutil.rmtree(out)
    print("Spoken, written, drawn and filmed digits; most rows lack some of them.")
    begun = time.monotonic()
    run = api.train(folder / "train.csv", target=_TARGET, settings=settings, out=out)
    print(f"Trained in {time.monotonic() - begun:.0f} s. On rows never seen:")
    show(api.evaluate(run.model, folder / "test.csv", out=out))
    print(f"""
The model predicts from any of these columns; what each is worth alone stands above.
Try next:
  homodal describe {folder}/train.csv --target {_TARGET}
  homodal predict {out} {folder}/test.csv --out answers.csv
  homodal train {folder}/train.csv --target {_TARGET} --recipe rnn --out runs/rnn""")
