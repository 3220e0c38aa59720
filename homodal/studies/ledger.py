"""A study's folder: what it compares, and one line for each trial that is done."""

import json

from homodal.data import folders
from homodal.data.json_log import JsonLog
from homodal.errors import TrainingError

_STUDY, _TRIALS = "study.json", "trials.jsonl"


class Ledger:
    """`study.json` and the append-only `trials.jsonl` of a folder.

    plan: JSON-able facts that must be equal for trials to be comparable. Raises
    `TrainingError` when the folder holds a study of something else.
    """

    def __init__(self, folder, plan):
        self.folder = folder
        self.plan = json.loads(json.dumps(plan))
        self._log = JsonLog(folder / _TRIALS)
        with folders.writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / _STUDY
        if path.is_file():
            self._check(json.loads(path.read_text(encoding="utf-8")))
        elif any(folder.iterdir()):
            raise TrainingError(
                f"'{folder}' already holds something else", do="Name another --out"
            )
        else:
            with folders.writing(path):
                text = json.dumps(self.plan, ensure_ascii=False, indent=1)
                folders.write_synced(path, text.encode())

    def _check(self, begun):
        unknown = [key for key in self.plan if key not in begun]
        if unknown:
            raise TrainingError(
                f"'{self.folder}' holds a comparison of an older homodal",
                expected="one that has noted its " + " and ".join(unknown),
                do="Name another --out",
            )
        differing = [k for k in self.plan if begun.get(k) != self.plan[k]]
        if differing:
            raise TrainingError(
                f"'{self.folder}' holds a comparison with another "
                + " and ".join(differing),
                do="Name another --out, or repeat the command that began it",
            )

    def trials(self):
        """All trials that are done; a last line cut short by a kill is left out.

        Raises `TrainingError` for any other line that is damaged.
        """
        return self._log.read()

    def add(self, trial):
        """Append one trial, flushed to the disk."""
        self._log.append(trial)
