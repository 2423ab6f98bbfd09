"""``howdah score``: the answers of a model for the rows of a file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from howdah.errors import CommandError
from howdah.repository_option import ROOT_VARIABLE
from models.errors import ScoringError
from models.manifest import Manifest
from models.names import is_name
from models.scorer.interface import Answers, Scorer


@click.command()
@click.option("--model", "reference", metavar="PATH|NAME[@ALIAS]", required=True,
              help="A folder that Spark or a publication wrote, or a model of the repository.")  # fmt: skip
@click.option("--models", "root", metavar="ROOT", envvar=ROOT_VARIABLE, default="",
              help=f"The repository of NAME: a folder, or a WebHDFS URL (or ${ROOT_VARIABLE}).")  # fmt: skip
@click.option("--input", "source", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The rows: .jsonl, .csv or .parquet.")  # fmt: skip
@click.option("--output", "target", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The rows with their answers: .jsonl, .csv or .parquet.")  # fmt: skip
@click.option("--engine", type=click.Choice(["auto", "compiled", "spark"]), default="auto", show_default=True,
              help="What answers; auto takes Spark only where nothing else can.")  # fmt: skip
@click.option("--user", metavar="NAME", default="", help="Who you are, to HDFS. Default: your login.")
def command(reference: str, root: str, source: Path, target: Path, engine: str, user: str) -> None:
    """Add a model's prediction to each row of a file, and its probabilities.

    Every input of the model must be a column, or a key of each record: null, or an empty cell, where it is unknown.
    Further columns are passed on. No Spark is started unless the model needs it.
    """
    from howdah.scoring.engines import open_engine
    from howdah.scoring.reading import READERS, is_known, read_batches
    from howdah.scoring.row_types import RowTypes
    from howdah.scoring.writing import WRITERS, check_folder, open_writer

    for file, known in ((source, is_known(source)), (target, target.suffix.lower() in WRITERS)):
        if not known:
            raise click.UsageError(f"{file}: name it {', '.join(READERS)}: its suffix says what it holds")
    if source.absolute() == target.absolute() or (target.exists() and source.exists() and source.samefile(target)):
        raise click.UsageError("--input and --output are the same file")
    check_folder(target)
    began, count = time.monotonic(), 0
    with ExitStack() as stack:
        cache = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="howdah-score-")))
        folder, manifest, is_described = _fetch(reference, root, user, cache)
        rows = RowTypes(source, folder, manifest, is_described=is_described)
        scorer = open_engine(folder, manifest, engine, rows, stack)
        writer = stack.enter_context(open_writer(target))
        for batch in read_batches(source, rows.columns):
            writer.write(batch, _score(scorer, batch.rows, batch.lines, source))
            count += len(batch.lines)
    seconds = time.monotonic() - began
    # What no manifest describes has no version but the time of its save.
    model = f"{manifest.name} {manifest.version}" if is_described else f"{manifest.name}, saved {manifest.created}"
    click.echo(f"{target}: {count} rows scored by {model} ({scorer.engine}) in {seconds:.1f} s")


def _fetch(reference: str, root: str, user: str, cache: Path) -> tuple[Path, Manifest, bool]:
    """A local copy whose hashes hold and whose classes are allowed, its manifest, and whether that was published.

    Raises: CommandError H781, ModelError, StorageError.
    """
    from models.errors import CorruptModelError
    from models.plain import PlainFolder
    from models.repository import Repository
    from models.source import ModelSource
    from models.stage_classes import find_strangers
    from storage.local import LocalDisk
    from storage.resolve import connect

    name = reference.partition("@")[0]
    plain: ModelSource
    is_described = True
    if root and is_name(name) and not Path(reference).exists():
        plain = Repository(*connect(root, user=user))
        version = plain.resolve(reference)
    else:
        single = plain = PlainFolder(*connect(reference, user=user))
        names = plain.names()
        if not names:
            hint = "name the folder that Spark's save made"
            if is_name(name):
                hint = f"give its repository: --models ROOT, or ${ROOT_VARIABLE}; or {hint}"
            raise CommandError("H781", f"there is no model at {reference}", hint=hint)
        (name,) = names
        version = plain.latest(name)
        is_described = single.is_described()
    manifest = plain.manifest(name, version)
    folder = plain.fetch(name, version, cache)
    strangers = find_strangers(LocalDisk(), str(folder), manifest.files)
    if strangers:
        raise CorruptModelError.of(strangers)
    return folder, manifest, is_described


def _score(scorer: Scorer, rows: Any, lines: Sequence[int], source: Path) -> Answers:
    """The answers to one batch; a row that has none is named by its line. Raises: ScoringError H232, ScorerError."""
    try:
        if isinstance(rows, list):
            return Answers.of(scorer.score(rows))
        return scorer.score_table(rows)
    except ScoringError as error:
        listed: list[Mapping[str, object]] = rows if isinstance(rows, list) else rows.to_pylist()
        found = _first_refused(scorer, listed)
        if found is None:
            raise
        row, refusal = found
        first = refusal.diagnostics[0]
        hint = first.hint or "Spark would fail on such a row, or drop it"
        raise ScoringError(first.code, first.message, hint=hint, path=str(source), line=lines[row]) from error


def _first_refused(scorer: Scorer, rows: Sequence[Mapping[str, object]]) -> tuple[int, ScoringError] | None:
    """The first row that has no answer, found by halves, with the reason."""
    low, high = 0, len(rows)
    refusal = _refusal(scorer, rows)
    while refusal and high - low > 1:
        middle = (low + high) // 2
        found = _refusal(scorer, rows[low:middle])
        if found:
            high, refusal = middle, found
        else:
            low = middle
            refusal = _refusal(scorer, rows[low:high])
    return (low, refusal) if refusal else None


def _refusal(scorer: Scorer, rows: Sequence[Mapping[str, object]]) -> ScoringError | None:
    try:
        scorer.score(rows)
    except ScoringError as error:
        return error
    return None
