"""The command line. Exit codes: 0, 1 for a user's error, 130 for Ctrl-C."""

import atexit
import gc
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from homodal.commands import evaluating, listening, retrieving, speaking
from homodal.commands.options import (
    AllowRemote,
    Columns,
    Encoding,
    JsonFile,
    MediaRoot,
    RecipeOption,
    RunArgument,
    Settings,
    TableArgument,
    Target,
    check_folder,
    names_of,
    settings_of,
    shares_of,
    start_of,
    varied_of,
)
from homodal.commands.quiet import quieten
from homodal.errors import HomodalError, RecipeError, TableError
from homodal.places import write_text

app = typer.Typer(
    name="homodal",
    help="One recipe, any modality: from a table of text, pictures, sounds, films, "
    "numbers and categories to a trained, evaluated and saved model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def describe(
    table: TableArgument,
    target: Target = None,
    columns: Columns = None,
    recipe: RecipeOption = None,
    settings: Settings = None,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    write: Annotated[
        Path | None,
        typer.Option(help="Also write a recipe with these columns, to edit: my.yaml"),
    ] = None,
    augment: Annotated[
        Path | None,
        typer.Option(help="Also show cells before and after augmentation: page.html"),
    ] = None,
):
    """Show how a table is understood and what training on it would cost."""
    check_folder(write)
    check_folder(augment)
    quieten()
    from homodal.pages import show_description
    from homodal.training.describe import described, open_sample

    sample = open_sample(
        table,
        target=target,
        columns=names_of(columns),
        recipe=recipe,
        settings=settings_of(settings),
        media_root=media_root,
        encoding=encoding,
    )
    found = described(sample)
    if write:
        write_text(write, found.to_yaml())
    if augment:
        from homodal.evaluation.files import replace
        from homodal.evaluation.report.augmented import augmented_page

        replace(augment, augmented_page(sample))
    show_description(found)


@app.command()
def check(
    table: TableArgument,
    target: Target = None,
    columns: Columns = None,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Another table that should share nothing: test.csv"),
    ] = None,
    settings: Settings = None,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    json_file: JsonFile = None,
    page: Annotated[
        Path | None, typer.Option("--html", help="Also write a page to this file.")
    ] = None,
):
    """Read every cell once and say what is wrong with a table, before training.

    The exit code is 1 where there is an error among the findings.
    """
    check_folder(json_file)
    check_folder(page)
    from homodal.checks.check import check as checked
    from homodal.checks.findings import ERROR
    from homodal.pages import show_check

    found = checked(
        table,
        target=target,
        settings=settings_of(settings),
        columns=names_of(columns),
        others={Path(other).name: other for other in against or []},
        root=media_root,
        encoding=encoding,
    )
    if json_file:
        found.to_json(json_file)
    if page:
        from homodal.checks.page import write

        write(found, page)
    show_check(found)
    if found.worst == ERROR:
        raise typer.Exit(1)


@app.command()
def train(
    table: Annotated[str | None, typer.Argument(help="The training table.")] = None,
    target: Target = None,
    columns: Columns = None,
    valid: Annotated[str | None, typer.Option(help="A validation table.")] = None,
    recipe: RecipeOption = None,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the new run.")] = None,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    allow_bad: Annotated[
        bool, typer.Option("--allow-bad", help="Go on with over 5 % of bad cells.")
    ] = False,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with this interrupted run.")
    ] = None,
    start_from: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="A run whose columns go on learning; or COLUMN=RUN, again."
        ),
    ] = None,
):
    """Train a model on a table and keep it, evaluated, in a folder."""
    if resume is None and table is None:
        raise RecipeError("No table is given", do="Run: homodal train TABLE --target T")
    start, own_starts = start_of(start_from)
    asked = {
        "target": target,
        "recipe": recipe,
        "settings": settings_of(settings) | own_starts,
        "start_from": start,
        "columns": names_of(columns),
        "valid": valid,
        "out": out,
        "media_root": media_root,
        "allow_bad": allow_bad,
        "encoding": encoding,
    }
    if resume is None:
        from homodal.commands.ahead import session_ahead

        session = session_ahead(table, **asked)
    else:
        quieten()
    from homodal import api, pages

    if resume is not None:
        run = api.resume(resume, table, valid)
    else:
        run = api.train(table, **asked, session=session)
    pages.show_run(run)
    if not run.finished:
        raise typer.Exit(130)


for _command in (
    evaluating.evaluate,
    evaluating.explain,
    evaluating.report,
    retrieving.retrieve,
):
    app.command()(_command)
app.command()(listening.listen)
app.command()(speaking.speak)


@app.command()
def predict(
    run: RunArgument,
    table: TableArgument,
    out: Annotated[Path, typer.Option(help="Answers: .csv, .parquet or .jsonl")],
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    probabilities: Annotated[
        bool, typer.Option(help="Add the probability of every class.")
    ] = False,
    abstain_below: Annotated[
        float | None,
        typer.Option(help="Leave rows of a lower probability without an answer."),
    ] = None,
    sets: Annotated[
        float | None,
        typer.Option(help="Add sets that hold the truth this often: 0.8, 0.9, 0.95."),
    ] = None,
):
    """Answer every row of a table; one row out for each row in."""
    from homodal.tables.answers import check_suffix, write_pieces

    check_suffix(out)
    if out.resolve() == Path(table).resolve():
        raise TableError(f"The answers would replace the table '{table}'")
    quieten()
    from homodal import api, pages

    model = api.load(run)
    quarantine = out.with_name(f"{out.stem}.quarantine.csv")
    counts = Counter()
    pieces = model.predict_pieces(
        table,
        media_root=media_root,
        probabilities=probabilities,
        abstain_below=abstain_below,
        sets=sets,
        quarantine=quarantine,
        encoding=encoding,
    )
    write_pieces(pages.counted(pieces, counts), out, model.classes)
    pages.show_answers(counts, out, quarantine)


@app.command()
def cache(
    check: Annotated[
        bool, typer.Option("--check", help="Read all of it; remove what is damaged.")
    ] = False,
    empty: Annotated[bool, typer.Option("--empty", help="Remove all of it.")] = False,
    json_file: JsonFile = None,
):
    """Show the decoded cells that are kept on this machine; check or empty them."""
    check_folder(json_file)
    from homodal import pages
    from homodal.data import cache as kept

    damaged = kept.check() if check else None
    freed = kept.empty() if empty else None
    contents = kept.contents()
    if json_file:
        found = contents.to_dict()
        if damaged is not None:
            found["damaged"] = [str(path) for path in damaged]
        write_text(json_file, json.dumps(found, indent=1) + "\n")
    pages.show_cache(contents, damaged, freed)


@app.command()
def compare(
    table: TableArgument,
    target: Target = None,
    fusions: Annotated[str, typer.Option(help="all, or names: gated,mean")] = "all",
    encoders: Annotated[
        str | None, typer.Option(help="cnn,rnn,transformer; default: the recipe's.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Trainings of each candidate.")] = 3,
    test: Annotated[
        str | None, typer.Option(help="A test table; default: a fifth of the rows.")
    ] = None,
    valid: Annotated[str | None, typer.Option(help="A validation table.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(help="Values to compare: training.modality_dropout=0,0.1"),
    ] = None,
    removed: Annotated[
        str | None, typer.Option(help="Shares of test cells to remove: 0.25,0.5")
    ] = None,
    columns: Columns = None,
    recipe: RecipeOption = None,
    settings: Settings = None,
    out: Annotated[Path, typer.Option(help="Folder; gone on with.")] = Path(
        "runs/compare"
    ),
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    baselines: Annotated[
        bool, typer.Option(help="Also each column alone, and all as one text.")
    ] = True,
    allow_bad: Annotated[
        bool, typer.Option("--allow-bad", help="Go on with over 5 % of bad cells.")
    ] = False,
):
    """Train fusions and encoders under one budget; say which to choose."""
    quieten()
    from homodal.studies import page
    from homodal.studies.compare import compare as compared

    found = compared(
        table,
        target=target,
        fusions=names_of(fusions),
        encoders=names_of(encoders),
        seeds=seeds,
        test=test,
        valid=valid,
        vary=varied_of(vary),
        removed=shares_of(removed),
        recipe=recipe,
        settings=settings_of(settings),
        columns=names_of(columns),
        media_root=media_root,
        out=out,
        allow_bad=allow_bad,
        alone=baselines,
        announce=page.announce,
        encoding=encoding,
    )
    page.show(found)
    if not found.finished:
        raise typer.Exit(130)


@app.command()
def parts(json_file: JsonFile = None):
    """List every modality, encoder, fusion and head with its options."""
    check_folder(json_file)
    from homodal import pages

    listed = pages.listed_parts()
    if json_file:
        write_text(json_file, json.dumps(listed, indent=1) + "\n")
    pages.show_parts(listed)


@app.command()
def recipes():
    """List the recipes that ship with homodal."""
    from homodal import pages

    pages.show_recipes()


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the run.")] = Path("runs/demo"),
):
    """Train on the data that ships with homodal and show what comes out."""
    quieten()
    from homodal.demo.tour import tour

    tour(out)


def main():
    """Run the command line; the exit code is for the shell."""
    atexit.register(gc.freeze)  # what is left goes with the process, uncollected
    try:
        code = app(prog_name="homodal", standalone_mode=False)
    except HomodalError as error:
        code = _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):  # click makes the one into the other
        print("Interrupted.", file=sys.stderr)
        code = 130
    except Exception as error:
        # click's own usage errors know how to show themselves
        if not hasattr(error, "show"):
            raise
        error.show()
        code = 1
    sys.exit(code or 0)


def _fail(message):
    print(f"homodal: {message}", file=sys.stderr)
    return 1
