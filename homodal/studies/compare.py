"""Compare fusions, encoders and settings on one table, under one budget."""

import dataclasses
import gc
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from homodal import api
from homodal.data.absent import settled
from homodal.data.extractors import encoder_of, source_of
from homodal.data.preparation import unlearned_target
from homodal.data.schema import recognise
from homodal.data.unreadable_answers import refuse_unreadable, without_unreadable
from homodal.errors import HomodalError, MissingPackage, RecipeError, TargetError
from homodal.evaluation.files import replace
from homodal.recipe import AUTO, SCRATCH, Recipe
from homodal.studies import memory
from homodal.studies.candidates import ALL, ALONE, ONE_TEXT, grid, known
from homodal.studies.ledger import Ledger
from homodal.studies.picture import scatter_png
from homodal.studies.standing import advice, standing
from homodal.studies.variants import WRITABLE, as_one_text, without_cells
from homodal.tables.fingerprint import fingerprint
from homodal.tables.table import Table
from homodal.training import runs
from homodal.training.journal import Journal
from homodal.training.rehearsal import FILE as TEACHERS
from homodal.training.session import encode_answers, open_session
from homodal.training.split import split_rows
from homodal.training.transfer import runs_of

_TEST_SHARE = 0.2


@dataclass(frozen=True)
class Comparison:
    """What `compare` found: `Line`s, the best first, and what to choose.

    failed: `{candidate: reason}`; finished: False when it was interrupted, and then the
    same call goes on.
    """

    folder: Path
    lines: list
    failed: dict
    rows: int
    finished: bool

    @property
    def advice(self):
        """What to choose and why, in a few sentences."""
        return advice(self.lines)

    def to_dict(self):
        """JSON-able form."""
        lines = [dataclasses.asdict(line) for line in self.lines]
        return {
            "rows": self.rows,
            "lines": lines,
            "failed": self.failed,
            "advice": self.advice,
        }


def compare(
    table,
    *,
    target=None,
    fusions=ALL,
    encoders=None,
    seeds=3,
    test=None,
    valid=None,
    vary=None,
    removed=(),
    recipe=None,
    settings=None,
    columns=None,
    media_root=None,
    out="runs/compare",
    allow_bad=False,
    alone=True,
    announce=None,
    encoding=None,
):
    """Train every fusion with every encoder, `seeds` times; returns a `Comparison`.

    All candidates have the same rows, the same prepared data, epochs and batches. The
    test rows are those of the table `test`, or a fifth of `table`, held out once.
    encoders None: the recipe's own. vary: `{key: [values]}` of the recipe, each with
    each. removed: shares of the test cells that are removed at prediction, besides
    none. alone: also train each column by itself, and everything as one text. announce:
    called with each finished trial. encoding: of tables of text that are not UTF-8. A
    folder `out` of the same comparison is gone on with. Raises `HomodalError`s; a
    candidate that cannot be trained is reported and does not stop the others.
    """
    named = {"target": target} if target is not None else {}
    recipe = Recipe.open(recipe).with_settings(named | (settings or {}))
    if seeds < 1:
        raise RecipeError("A comparison needs a seed", expected="--seeds 1 or more")
    given = _told(recipe, encoders, vary or {})
    tables = [
        None if each is None else Table.open(each, media_root, encoding)
        for each in (table, test, valid)
    ]
    bench = _Bench(*tables, given, columns, allow_bad)
    candidates = grid(
        fusions, encoders, bench.names, vary, bool(alone and bench.writable), alone
    )
    shares = sorted({0.0, *removed})
    plan = {
        "table content": bench.fingerprint,
        "recipe": bench.session.recipe.to_dict(),
        "removed": shares,
        "backend": keras.backend.backend(),
    }
    ledger = Ledger(Path(out), plan)
    study = _Study(bench, ledger, shares, announce or (lambda trial, done, total: None))
    finished = study.run(candidates, seeds)
    return _concluded(bench, ledger, candidates, seeds, finished)


def _told(recipe, encoders, vary):
    """The recipe with an encoder named, where encoders are compared.

    So that none is chosen by the rows, which would be that of every candidate. Raises
    `RecipeError` where the columns begin from a run, and so have its encoders.
    """
    varied = [key for key in vary if key.partition(".")[0] == "encoder"]
    if encoders is None and not varied:
        return recipe
    if runs_of(recipe):
        raise RecipeError(
            "Columns that begin from a run have its encoder",
            expected="encoders compared without 'start_from' of a column",
        )
    if encoders is not None:
        return recipe.with_settings({"encoder": known("encoder", encoders)[0]})
    if "encoder" in vary:
        return recipe.with_settings({"encoder": vary["encoder"][0]})
    if recipe.encoder.get("name") == AUTO:
        return recipe.with_settings({"encoder": recipe.encoder | {"name": SCRATCH}})
    return recipe


class _Bench:
    """The tables of a comparison, split and prepared once."""

    def __init__(self, table, test, valid, recipe, columns, allow_bad):
        self.given = recipe
        table = settled(table.require_rows(), recipe)
        self.allow_bad = allow_bad
        schema = recognise(table, recipe, columns)
        targets = [unlearned_target(column) for column in schema.targets]
        if allow_bad:
            table, _ = without_unreadable(table, targets)
        else:
            refuse_unreadable(table, targets)  # before rows get other numbers
        if test is None:
            aside = recipe.with_settings({"training.validation": _TEST_SHARE})
            rows, held = split_rows(table, schema, aside)
            table, self.test = table.take(rows), table.take(held)
        else:
            self.test = test.require_rows().with_absent(table.absent)
            if allow_bad:
                self.test, _ = without_unreadable(self.test, targets)
            self.test.require(recipe.target)
        if valid is None:
            rows, held = split_rows(table, schema, recipe)
            table, self.valid = table.take(rows), table.take(held)
        else:
            self.valid = valid.with_absent(table.absent)
        if not (len(self.test) and len(self.valid)):
            raise TargetError(
                f"{table.name} has too few labelled rows to hold some out",
                do="Give a test table: --test FILE",
            )
        self.train = table
        self.session = open_session(
            table, recipe, valid=self.valid, only=columns, allow_bad=allow_bad
        )
        preparation = self.session.preparation
        self.names = [column.name for column in preparation.columns]
        self.writable = [c.name for c in preparation.columns if c.modality in WRITABLE]
        self.target = preparation.target
        self.truth = encode_answers(self.test, self.target)
        self.classes = len(self.target.facts["classes"])
        tables = (self.train, self.valid, self.test)
        self.fingerprint = [fingerprint(each) for each in tables]

    def tables(self, candidate):
        """`(train, valid, test, recipe, preparation)` for a candidate."""
        recipe = self.session.recipe
        if candidate.kind == ONE_TEXT:
            tables = [
                as_one_text(each, self.writable, self.target.name)
                for each in (self.train, self.valid, self.test)
            ]
            return *tables, recipe.with_settings({"columns": {ONE_TEXT: "text"}}), None
        preparation = self._prepared(candidate, recipe)
        if preparation is None:
            recipe = self._unread(recipe)
        return self.train, self.valid, self.test, recipe, preparation

    def _prepared(self, candidate, recipe):
        """What was learned, for the candidate's columns and its encoder.

        None where its encoder reads the cells otherwise than what was prepared.
        """
        recipe = recipe.with_settings(candidate.changes(0))
        columns = []
        for column in self.session.preparation.columns:
            if candidate.kind == ALONE and column.name != candidate.name:
                continue
            told = recipe.encoder_for(column.name, column.modality)
            if source_of(told, column.modality) != column.extractor.get("name", ""):
                return None
            own = encoder_of(told, column.modality)
            columns.append(dataclasses.replace(column, encoder=own))
        prepared = self.session.preparation
        return dataclasses.replace(prepared, columns=tuple(columns))

    def _unread(self, recipe):
        """The recipe with no more told of the inputs than their kinds and what was."""
        kinds = {c.name: c.modality for c in self.session.preparation.columns}
        columns = {
            name: {"modality": kinds[name]} | self.given.columns.get(name, {})
            if name in kinds
            else told
            for name, told in recipe.columns.items()
        }
        return recipe.with_settings({"columns": columns})


class _Study:
    """Trains what is not done yet, one after the other."""

    def __init__(self, bench, ledger, shares, announce):
        self.bench = bench
        self.ledger = ledger
        self.shares = shares
        self.announce = announce

    def run(self, candidates, seeds):
        """True when all is done, False when it was interrupted."""
        done = {(t["candidate"], t["seed"]) for t in self.ledger.trials()}
        # all candidates with one seed first: the table is whole early
        todo = [(c, seed) for seed in range(seeds) for c in candidates]
        for place, (candidate, seed) in enumerate(todo, start=1):
            if (candidate.key, seed) in done:
                continue
            trial = self._trial(candidate, seed)
            if trial is None:
                return False
            self.ledger.add(trial)
            self.announce(trial, place, len(todo))
        return True

    def _trial(self, candidate, seed):
        """The record of one training; None when it was interrupted."""
        train, valid, test, recipe, preparation = self.bench.tables(candidate)
        shared = {k: v for k, v in recipe.fusion.items() if k != "name"}
        folder = self.ledger.folder / _folder_name(candidate, seed)
        about = {
            "candidate": candidate.key,
            "kind": candidate.kind,
            "name": candidate.name,
            "title": candidate.title,
            "encoder": candidate.encoder or _encoder(recipe),
            "seed": seed,
        }
        try:
            recipe = recipe.with_settings(candidate.changes(seed, shared))
            keras.backend.clear_session()
            gc.collect()
            with memory.watched() as peak:
                run = self._trained(
                    folder, train, valid, recipe, preparation, candidate
                )
        except HomodalError as error:
            return about | {"failed": str(error)}
        if not run.finished:
            return None
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        (folder / TEACHERS).unlink(missing_ok=True)
        return about | self._measured(run, test, len(train), peak)

    def _trained(self, folder, train, valid, recipe, preparation, candidate):
        if (folder / runs.FILE).is_file():
            return api.resume(folder, train, valid)
        shutil.rmtree(folder, ignore_errors=True)
        columns = [candidate.name] if candidate.kind == ALONE else None
        if candidate.kind == ALONE:
            told = {candidate.name: recipe.columns[candidate.name]}
            recipe = recipe.with_settings({"columns": told})
        return api.train(
            train,
            recipe=recipe,
            columns=columns,
            valid=valid,
            out=folder,
            allow_bad=self.bench.allow_bad,
            preparation=preparation,
        )

    def _measured(self, run, test, rows, peak):
        seconds = [event["seconds"] for event in run.history]
        # what was rehearsed before the first epoch is paid for, too
        spent = [event.get("seconds", 0.0) for event in Journal(run.folder).read()]
        steps = -(-rows // run.model.recipe.training.batch_size)
        weights = run.model.network.trainable_weights
        predicted = {
            f"{share:g}": self._predicted(run.model, test, share)
            for share in self.shares
        }
        known = self.bench.truth >= 0
        right = np.asarray(predicted["0"])[known] == self.bench.truth[known]
        return {
            "predicted": predicted,
            "accuracy": float(right.mean()),
            "epochs": len(seconds),
            "seconds": float(sum(spent)),
            # the first epoch also compiles
            "step_ms": float(np.median(seconds[1:] or seconds)) / steps * 1000,
            "parameters": int(sum(np.prod(weight.shape) for weight in weights)),
            "peak_bytes": peak.added_bytes,
        }

    def _predicted(self, model, test, share):
        if share:
            test = without_cells(test, model.columns, share)
        return model.probabilities(test).argmax(axis=1).tolist()


def _encoder(recipe):
    named = recipe.encoder
    if "name" in named:
        return recipe.encoder_for("", "")["name"]
    return "+".join(sorted({choice["name"] for choice in named.values()}))


def _folder_name(candidate, seed):
    safe = "".join(c if c.isalnum() or c in "-_=." else "_" for c in candidate.key)
    digest = hashlib.sha256(candidate.key.encode()).hexdigest()[:8]
    return f"{safe[:80]}-{digest}-seed{seed}"


def _concluded(bench, ledger, candidates, seeds, finished):
    wanted = {c.key for c in candidates}
    trials = [
        t for t in ledger.trials() if t["candidate"] in wanted and t["seed"] < seeds
    ]
    found = Comparison(
        folder=ledger.folder,
        lines=standing(trials, bench.truth, bench.classes),
        failed={t["title"]: t["failed"] for t in trials if "failed" in t},
        rows=int((bench.truth >= 0).sum()),
        finished=finished,
    )
    text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1)
    replace(ledger.folder / "comparison.json", f"{text}\n".encode())
    if found.lines:
        try:
            replace(ledger.folder / "comparison.png", scatter_png(found.lines))
        except MissingPackage as missing:  # the table needs no picture
            print(missing, file=sys.stderr)
    return found
