"""Several target columns, answered together."""

import json

from homodal import parts
from homodal.contracts import Evidence, Target
from homodal.errors import BadCell, TargetError
from homodal.tables.answer_columns import join_figures, split_figures


class Several(Target):
    """Several targets of one row, each of its own kind, trained together.

    names: their columns; kinds: the target part of each; options: of each, as JSON
    text. Cells and values are dicts by column name, without those that are absent.
    """

    head = "several"
    only_told = True

    def __init__(self, names=(), kinds=(), options=()):
        self.names = names
        self.kinds = kinds
        self.options = options
        self.fits = any(parts.find("target", kind).load().fits for kind in kinds)

    def recognise(self, cells):
        return Evidence(0.0, "several targets are named, not recognised")

    def read(self, cell):
        """`{name: value}` of the columns that have an answer."""
        if not isinstance(cell, dict) or not cell:
            raise BadCell("no answers by column name")
        return {
            name: _read(reader, cell[name], name)
            for name, reader in self._readers()
            if name in cell
        }

    def learn(self, values):
        """Facts: targets, `[{"name", "kind", "options", "facts"}]`."""
        values = list(values)
        if not self.names:
            raise TargetError("No targets are named", do="Name another column as well")
        return {
            "targets": [
                {
                    "name": name,
                    "kind": kind,
                    "options": json.loads(options),
                    "facts": reader.learn([v[name] for v in values if name in v]),
                }
                for (name, reader), kind, options in zip(
                    self._readers(), self.kinds, self.options, strict=True
                )
            ]
        }

    def encode(self, value, facts):
        """`{name: encoded}`, each target's blank where it has no answer."""
        found = self.blank(facts)
        for name, reader, own in self._learned(facts):
            if name in value:
                found[name] = reader.encode(value[name], own)
        return found

    def outliers(self, truth, facts) -> dict[int, str]:
        far: dict[int, list[str]] = {}
        for name, reader, own in self._learned(facts):
            for row, text in reader.outliers(truth[name], own).items():
                far.setdefault(row, []).append(f"{name} {text}")
        return {row: ", ".join(texts) for row, texts in sorted(far.items())}

    def blank(self, facts):
        return {name: reader.blank(own) for name, reader, own in self._learned(facts)}

    def fit(self, batches, facts):
        """fitted: `{name: what this target fits}`."""
        batches = list(batches)
        fitted = {}
        for name, reader, own in self._learned(facts):
            if reader.fits:
                pairs = [(logits[name], truth[name]) for logits, truth in batches]
                fitted[name] = reader.fit(pairs, own)
        return {"fitted": fitted}

    def decode(self, logits, facts):
        """Each target's answers: its own under its name, more as "name: figure"."""
        return join_figures(
            {
                n: reader.decode(logits[n], own)
                for n, reader, own in self._learned(facts)
            }
        )

    def in_seconds(self, answers, seconds):
        """Each target's answers with their times in seconds."""
        answered = split_figures(answers, self.names)
        return join_figures(
            {n: r.in_seconds(answered[n], seconds) for n, r in self._readers()}
        )

    def nothing(self, facts):
        return join_figures(
            {n: reader.nothing(own) for n, reader, own in self._learned(facts)}
        )

    def guess(self, facts):
        """Each target's own guess."""
        return {n: reader.guess(own) for n, reader, own in self._learned(facts)}

    def scores(self, facts):
        """ "all right", then each target's, "name: score"."""
        own = [
            f"{name}: {score}"
            for name, reader, own in self._learned(facts)
            for score in reader.scores(own)
        ]
        return ("all_right", *own)

    def _readers(self):
        for name, kind, options in zip(
            self.names, self.kinds, self.options, strict=True
        ):
            yield name, _reader(kind, json.loads(options))

    def _learned(self, facts):
        fitted = facts.get("fitted", {})
        for one in facts["targets"]:
            own = one["facts"] | fitted.get(one["name"], {})
            yield one["name"], _reader(one["kind"], one["options"]), own


def _reader(kind, options):
    part = parts.find("target", kind)
    return part.make(**{k: v for k, v in options.items() if k in part.options})


def _read(reader, cell, name):
    try:
        return reader.read(cell)
    except BadCell as why:
        raise BadCell(f"{name}: {why}") from None
