"""The verbs of homodal in Python: train, resume, load, evaluate, explain, describe."""

import contextlib
import datetime
import sys
from dataclasses import dataclass
from pathlib import Path

import keras

from homodal.data.blocks import entries_of
from homodal.data.preparation import with_installed
from homodal.errors import HomodalError, MissingPackage, TableError, TrainingError
from homodal.evaluation.confusion import draw_confusion
from homodal.evaluation.evaluation import Evaluation
from homodal.evaluation.explanation import MOST_ROWS, explain_rows
from homodal.evaluation.measure import calibrated, measure, quick_scores
from homodal.evaluation.paired import compared
from homodal.evaluation.retrieval import MOST as FOUND
from homodal.evaluation.retrieval import retrieve_rows
from homodal.evaluation.spoken import understood
from homodal.layers.cores import share_cores
from homodal.model import bundle
from homodal.model.build import build
from homodal.model.model import Model
from homodal.model.predict import PREDICT_BATCH
from homodal.model.speaking import rate_of
from homodal.recipe import Recipe
from homodal.tables.addresses import is_address
from homodal.tables.fingerprint import fingerprint, is_current
from homodal.tables.table import Table
from homodal.training import runs
from homodal.training.checkpoints import Checkpoints
from homodal.training.describe import describe
from homodal.training.diagnosis import levers, starved
from homodal.training.durations import with_durations
from homodal.training.fit import fit
from homodal.training.jit import choose_jit
from homodal.training.journal import Journal
from homodal.training.plain import PlainFit
from homodal.training.rehearsal import rehearsal
from homodal.training.sayable import check_sayable
from homodal.training.session import (
    lines_of_outliers,
    open_rows,
    open_session,
    write_quarantine,
)
from homodal.training.split import FILE as SPLIT_FILE
from homodal.training.split import write_split
from homodal.training.stacking import settle
from homodal.training.transfer import begin

__all__ = [
    "Run",
    "describe",
    "evaluate",
    "explain",
    "load",
    "report",
    "resume",
    "retrieve",
    "train",
]


@dataclass(frozen=True)
class Run:
    """A run that was trained: its folder, its model, its scores on validation rows.

    finished: False when it was interrupted; `homodal.resume(folder)` goes on.
    """

    folder: Path
    model: Model
    evaluation: Evaluation
    finished: bool

    @property
    def history(self):
        """One dict an epoch: `train`, `valid`, `learning_rate`, `seconds`."""
        return [e for e in Journal(self.folder).read() if e["event"] == "epoch"]


def train(
    table,
    *,
    target=None,
    recipe=None,
    settings=None,
    columns=None,
    valid=None,
    out=None,
    media_root=None,
    allow_bad=False,
    preparation=None,
    session=None,
    encoding=None,
    start_from=None,
):
    """Train a model on `table` and keep it in the folder `out`; returns a `Run`.

    table, valid: a path, or a pandas, Polars, Arrow or Hugging Face table; without
    `valid` a share of the rows is held out. recipe: a name, a YAML file, a dict or a
    `Recipe`; settings: dotted changes to it, e.g. `{"training.epochs": 5}`. columns:
    the inputs (default: all that are recognised). media_root: the folder that media
    paths are relative to. allow_bad: go on although over 5 % of a column's cells cannot
    be read. preparation: what was learned from the same rows before, by another run
    with other settings of the network. session: what `open_session` gave for all
    of these. encoding: of tables of text that are not UTF-8, e.g. "cp1252". start_from:
    the folder of an earlier run; columns that it knows begin with what it has learned.
    Raises `HomodalError`s.
    """
    recipe = Recipe.open(recipe).for_target(target, settings)
    if session is not None:
        opened, opened_valid = session.source, session.valid_source
    else:
        opened = Table.open(table, media_root, encoding)
        opened_valid = None
        if valid is not None:
            opened_valid = Table.open(valid, media_root, encoding)
    with runs.claimed(out or _next_folder()) as folder:
        start = runs.Start(
            table=_path(table),
            valid=_path(valid),
            media_root=None if media_root is None else str(Path(media_root).resolve()),
            columns=None if columns is None else list(columns),
            allow_bad=allow_bad,
            fingerprint=fingerprint(opened),
            backend=keras.backend.backend(),
            jit=False,
            valid_fingerprint=None if valid is None else fingerprint(opened_valid),
            encoding=encoding,
        )
        if session is None:
            base = None if start_from is None else str(start_from)
            session = _session(
                start, recipe, opened, opened_valid, preparation, start_from=base
            )
        return _train(folder, start, session)


def resume(folder, table=None, valid=None):
    """Go on with an interrupted run, to the bit; returns its `Run`.

    table, valid: needed only when the run was begun on tables in memory. Raises
    `TrainingError` when there is no run, or the table is not the one it was begun on.
    """
    folder = Path(folder)
    start, recipe, preparation = runs.load_start(folder)
    table, valid = (
        _same(folder, given, begun_on, known, start)
        for given, begun_on, known in (
            (table, start.table, start.fingerprint),
            (valid, start.valid, start.valid_fingerprint),
        )
    )
    with runs.held(folder):
        preparation = with_installed(preparation)
        session = _session(start, recipe, table, valid, preparation)
        return _train(folder, start, session, resumed=True)


def load(folder):
    """The trained `Model` in a run's folder or a bundle. Raises `BundleError`."""
    return bundle.read(folder)


def evaluate(
    model, table, *, media_root=None, out=None, recogniser=None, encoding=None
):
    """The `Evaluation` of a model (or of its folder) on a table that has the answers.

    out: a folder for `evaluation.json` and `confusion.png`. recogniser: of a model that
    speaks, another (or its folder) that hears it, and the real sounds, too. encoding:
    of a table of text that is not UTF-8. Raises `ColumnError` when the table lacks the
    target.
    """
    model, rows = _opened(model, table, media_root, encoding)
    if recogniser is not None:
        rate_of(model)  # before the work, not after it
        recogniser = _loaded(recogniser)
    evaluation, _ = measure(model, rows)
    if recogniser is not None:
        evaluation = understood(evaluation, model, rows, recogniser)
    if out is not None:
        _save_evaluation(evaluation, Path(out))
    return evaluation


def evaluate_together(models, table, *, media_root=None, encoding=None):
    """The `Comparison` of several models (or their folders) on the same rows.

    models: a list, or `{name: model}`; folders are named by their paths. Raises
    `TableError` when the models answer different questions, or are one model.
    """
    if not isinstance(models, dict):
        models = {str(m): m for m in models}
    if len(models) < 2:
        raise TableError(
            "There is nothing to compare",
            expected="two different models or more",
            got=", ".join(models),
        )
    table = Table.open(table, media_root, encoding)
    outcomes, targets = {}, {}
    for name, each in models.items():
        model, rows = _opened(each, table, None)
        _require_classes(model, "evaluate with several runs")
        targets[name] = model.preparation.target.name
        outcomes[name] = measure(model, rows)[1]
    if len(set(targets.values())) > 1:
        raise TableError(
            "The models answer different questions",
            expected="models of one target",
            got=", ".join(f"{name}: '{target}'" for name, target in targets.items()),
        )
    return compared(outcomes)


def explain(
    model, table, *, media_root=None, out=None, most_rows=MOST_ROWS, encoding=None
):
    """The `Explanation`: what each column is worth to a model (or its folder).

    table: rows with their answers; of more than `most_rows`, so many are drawn. out: a
    folder for `explanation.json`. Raises `ColumnError`, `TableError`.
    """
    model, rows = _opened(model, table, media_root, encoding)
    _require_classes(model, "explain")
    explanation = explain_rows(model, rows, most_rows=most_rows)
    if out is not None:
        Path(out).mkdir(parents=True, exist_ok=True)
        explanation.to_json(Path(out) / "explanation.json")
    return explanation


def retrieve(
    model,
    table,
    *,
    query,
    of,
    labels=None,
    most=FOUND,
    media_root=None,
    encoding=None,
):
    """The `Retrieval`: cells of the column `of` found by those of `query`.

    model: one of the head `match`, or its folder. labels: a column whose names are also
    chosen among, as cells of `of` (zero-shot classification). most: rows named for each
    query. Raises `HomodalError`, `ColumnError`, `TableError`.
    """
    model, rows = _opened(model, table, media_root, encoding)
    return retrieve_rows(model, rows, query, of, labels=labels, most=most)


def report(run, table, *, media_root=None, out=None, rows=(), encoding=None):
    """Write the report of a run on a table that has the answers; the files' paths.

    run: its folder, or a bundle. out: the folder of `report.html`, `model_card.md` and
    `report.json` (default: the run's). rows: numbers of rows to show, from 1, with what
    spoke for their answers. Raises `MissingPackage` without matplotlib.
    """
    from homodal.evaluation.advice import names_of
    from homodal.evaluation.report import report as page

    run = Path(run)
    model, measured_on = _opened(run, table, media_root, encoding)
    _require_classes(model, "report")
    findings = page.find(
        run.resolve().name,
        model,
        measured_on,
        bundle.versions(),
        history=[e for e in Journal(run).read() if e["event"] == "epoch"],
        train=_trained_on(run, model),
        asked=tuple(rows),
        names=names_of(run, _path(table)),
    )
    return page.write(findings, run if out is None else out)


def _require_classes(model, verb):
    target = model.preparation.target
    if not target.reader().exclusive:
        raise HomodalError(
            f"'{verb}' is for targets of classes",
            got=f"'{target.name}' ({target.part})",
            do="See its scores with: homodal evaluate",
        )


def _trained_on(run, model):
    """The `Rows` of the run's own table, where that is still what it was; or None."""
    try:
        start, _, _ = runs.load_start(run)
        table = _same(run, None, start.table, start.fingerprint, start)
        return open_rows(table, model.preparation)
    except HomodalError:  # a bundle alone, or a table that moved: nothing to compare
        return None


def _opened(model, table, media_root, encoding=None):
    """A `Model` and the `Rows` of a table that has the answers."""
    model = _loaded(model)
    table = Table.open(table, media_root, encoding).require_rows()
    for name in model.preparation.target.columns:
        table.require(name)
    model.announce_lacking(table)
    return model, open_rows(table, model.preparation)


def _loaded(model):
    return load(model) if isinstance(model, (str, Path)) else model


def _same(folder, given, begun_on, known, start):
    """The table that a run was begun on, as given again or from its path, or None."""
    source = given if given is not None else begun_on
    if source is None and known is None:
        return None
    if source is None:
        raise TrainingError(
            f"The run '{folder}' was begun on a table in memory",
            do="Give it again: homodal.resume(folder, table, valid)",
        )
    if not is_current(known):
        raise TrainingError(
            f"The run '{folder}' was begun by an older homodal",
            expected="a run that has noted what its arrays and media files hold",
            do="Train a new one",
        )
    table = Table.open(source, start.media_root, start.encoding)
    if fingerprint(table) != known:
        raise TrainingError(
            f"{table.name} is not the table that '{folder}' was begun on",
            expected="the same cells, and the same content in the files that they name",
            do="Train a new run on it",
        )
    return table


def _session(start, recipe, table, valid, preparation, start_from=None):
    """preparation: what was learned before from the same rows; None learns it now."""
    return open_session(
        table,
        recipe,
        valid=valid,
        only=start.columns,
        allow_bad=start.allow_bad,
        preparation=preparation,
        start_from=start_from,
    )


def _train(folder, start, session, resumed=False):
    share_cores()
    session = with_durations(session)
    network = build(session.recipe, session.preparation)
    if not Checkpoints(folder / "checkpoints").begun:
        begin(network, session.recipe, session.preparation)
    model = Model(session.recipe, session.schema, session.preparation, network)
    training = session.recipe.training
    batches = session.train.batches(training.batch_size, seed=training.seed)
    if not resumed:
        check_sayable(network, session.train)
        jit = choose_jit(training, network, batches)
        start = runs.Start(**(vars(start) | {"jit": jit}))
        table = session.train.table
        held = session.valid.numbers if start.valid_fingerprint is None else None
        write_split(folder / SPLIT_FILE, table, session.train.numbers, held)
        write_quarantine(session, folder)
        runs.save_start(folder, start, session.recipe, session.preparation)
    journal = Journal(folder)
    if not resumed:
        journal.write("start", rows=len(batches.rows), jit=start.jit)
    try:
        finished = fit(
            network,
            batches,
            training,
            lambda _: quick_scores(model, session.valid),
            Checkpoints(folder / "checkpoints"),
            journal,
            jit=start.jit,
            lower_is_better=model.preparation.target.reader().lower_is_better,
            rehearse=rehearsal(
                network,
                session.valid.batches(PREDICT_BATCH),
                training,
                folder,
                journal,
                start.jit,
            ),
        )
    except HomodalError:
        with contextlib.suppress(HomodalError):  # the first failure is the one to tell
            _keep_best(folder, model, session)
        raise
    if finished and session.recipe.fusion["name"] == "stacking":
        journal.write(
            "stacking", **settle(network, session.valid.batches(PREDICT_BATCH))
        )
    _warn_of_starved(journal, model.preparation)
    for line in lines_of_outliers(session):
        print(line, file=sys.stderr)
    plain = PlainFit(session)
    model = calibrated(plain.added(model), session.valid)
    evaluation, _ = measure(model, session.valid)
    model = plain.refitted(model)
    bundle.write(folder / bundle.FOLDER, model, evaluation.to_dict())
    return Run(folder, model, evaluation, finished)


def _warn_of_starved(journal, preparation):
    """One line on stderr, and in the journal, for each column that learns little."""
    events = journal.read()
    told = {e["column"] for e in events if e["event"] == "starved"}
    names = {entry.key: entry.label for entry in entries_of(preparation)}
    epochs = [
        {"columns": {names[slug]: v for slug, v in e.get("columns", {}).items()}}
        for e in events
        if e["event"] == "epoch"
    ]
    for column, why in starved(epochs).items():
        if column not in told:
            journal.write("starved", column=column, why=why, do=levers(column))
            print(f"{why}. {levers(column)}.", file=sys.stderr)


def _keep_best(folder, model, session):
    """After a failure: the best epoch so far, where there is one, as the bundle."""
    checkpoints = Checkpoints(folder / "checkpoints")
    counters = checkpoints.load_latest(model.network)
    if counters and counters["best"] is not None:
        checkpoints.load_best(model.network, counters["best_step"])
        model = calibrated(model, session.valid)
        evaluation, _ = measure(model, session.valid)
        bundle.write(folder / bundle.FOLDER, model, evaluation.to_dict())


def _save_evaluation(evaluation, folder):
    folder.mkdir(parents=True, exist_ok=True)
    evaluation.to_json(folder / "evaluation.json")
    if not evaluation.confusion:
        return
    try:
        draw_confusion(evaluation.confusion, folder / "confusion.png")
    except MissingPackage as missing:  # the scores need no picture
        print(missing, file=sys.stderr)


def _path(source):
    if is_address(source):
        return source
    return str(Path(source).resolve()) if isinstance(source, (str, Path)) else None


def _next_folder():
    now = datetime.datetime.now(datetime.UTC).astimezone()
    return Path("runs") / now.strftime("%Y%m%d-%H%M%S")
