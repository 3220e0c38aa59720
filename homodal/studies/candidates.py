"""What a study trains: fusions, encoders and settings, and baselines beside them."""

import itertools
from dataclasses import dataclass, field

from homodal import parts
from homodal.errors import RecipeError

FUSION, ALONE, ONE_TEXT = "fusion", "alone", "one text"
LATE = "late"
ALL = "all"
_SHARED = ("columns", "target")  # what is prepared once for all candidates
_SEEDED = "training.seed"


@dataclass(frozen=True)
class Candidate:
    """One line of the table: trained once for each seed.

    kind: `FUSION` (all columns), `ALONE` (the column `name`) or `ONE_TEXT` (all columns
    that can be written, as one text). encoder: None is the recipe's own. settings:
    dotted changes to the recipe.
    """

    kind: str
    name: str
    encoder: str | None = None
    settings: dict = field(default_factory=dict)

    @property
    def title(self):
        """The name as a person reads it: `gated, modality_dropout=0.3`."""
        said = {FUSION: self.name, ALONE: f"{self.name} alone", ONE_TEXT: self.name}
        changes = [f"{k.rpartition('.')[2]}={v}" for k, v in self.settings.items()]
        return ", ".join([said[self.kind], *changes])

    @property
    def key(self):
        """A text that is the candidate's own, the same in every process."""
        changes = ",".join(f"{k}={v}" for k, v in sorted(self.settings.items()))
        return "|".join([self.kind, self.name, self.encoder or "", changes])

    def changes(self, seed, shared=None):
        """Dotted changes to the recipe for one seed.

        shared: options that all fusions get which have them, e.g. `{"width": 64}`.
        """
        found = {_SEEDED: seed}
        if self.kind == FUSION:
            known = parts.find("fusion", self.name).options
            own = {k: v for k, v in (shared or {}).items() if k in known}
            found["fusion"] = {"name": self.name} | own
        if self.encoder:
            found["encoder"] = self.encoder
        return found | self.settings


def grid(fusions, encoders, columns, vary=None, one_text=False, alone=True):
    """The candidates: every fusion, encoder and setting, then the baselines.

    fusions, encoders: names, or "all"; encoders None: the recipe's own. columns: names
    of the inputs, each trained alone. vary: `{key: [values]}` of the recipe. The late
    average is always among the fusions. Raises `RecipeError` for unknown names.
    """
    fusions = known("fusion", fusions)
    if len(columns) > 1 and LATE not in fusions:
        fusions = [*fusions, LATE]
    encoders = [None] if encoders is None else known("encoder", encoders)
    variants = _variants(vary or {})
    found = [
        Candidate(FUSION, fusion, encoder, settings)
        for encoder in encoders
        for settings in variants
        for fusion in fusions
    ]
    for encoder in encoders:
        if alone and len(columns) > 1:
            found += [Candidate(ALONE, column, encoder) for column in columns]
        if one_text:
            found.append(Candidate(ONE_TEXT, ONE_TEXT, encoder))
    return found


def known(kind, names):
    """Names of parts that are asked for, each once; "all": every one there is.

    Raises `PartError` for one that is none.
    """
    if names == ALL or names == [ALL]:
        return parts.names(kind)
    for name in names:
        parts.find(kind, name)
    return list(dict.fromkeys(names))


def _variants(vary):
    for key in vary:
        if key.partition(".")[0] in _SHARED or key == _SEEDED:
            raise RecipeError(
                f"'{key}' cannot vary within a comparison",
                expected="training.*, fusion.*, head, share or encoder",
                do="Compare in two runs of 'homodal compare'",
            )
    pairs = [[(key, value) for value in values] for key, values in vary.items()]
    return [dict(chosen) for chosen in itertools.product(*pairs)]
