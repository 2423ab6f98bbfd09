"""A model that somebody else's program saved with Spark, published as a version of a repository."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from howdah.errors import CommandError
from howdah.scoring.engines import open_scorer, open_spark
from howdah.scoring.reading import read_batches
from models.errors import ScoringError
from models.gate import ROWS, Rows, Verdict, as_seen, judge
from models.input_columns import InputColumn
from models.integrity import MANIFEST_NAME
from models.manifest import Field, Manifest
from models.names import check_name
from models.plain import PlainFolder
from models.repository import Repository
from models.scorer.interface import Answer
from models.scorer.loading import GRAPH_NAME
from serving.loading import Loaded, Loader, check_answer
from serving.signature import Signature
from storage.resolve import connect

# Of a manifest, what its version is given anew when it is published.
_OF_THE_VERSION = frozenset({"name", "version", "created", "files"})
_SEED = 1


def publish_saved(
    repository: Repository,
    name: str,
    place: str,
    *,
    classes: Sequence[str],
    metrics: Mapping[str, float],
    description: str,
    example: Mapping[str, Any],
    rows: Path | None,
    alias: str,
    user: str,
) -> tuple[Manifest, str]:
    """The version that the model saved at ``place`` has become, and the engine that answers for it.

    It is loaded first, as the service loads it: hashes, classes of stages, an answer that fits what is said of it. What
    a manifest beside it says is kept where nothing else is told here.

    ``example`` is a row of it, asked and kept; {} for none. ``rows`` is a file of rows, in any form that ``howdah
    score`` reads, by which it goes through the gate: a Spark of this machine is asked too.

    Raises: CommandError H781, H787, H790 or H791, JavaError, ModelError, ScorerError H234, ServingError H520 or H521,
        StorageError.
    """
    source, found = _find(place, user, check_name(name))
    told = replace(
        found,
        classes=tuple(classes) or found.classes,
        metrics={**found.metrics, **metrics},
        description=description or found.description,
        inputs=_with_example(found, example),
    )
    with tempfile.TemporaryDirectory(prefix="howdah-publish-") as cache:
        loaded = Loader(open_scorer, Path(cache)).load(source, found, datetime.now(timezone.utc))
        if example:
            check_answer(loaded.scorer.score([example])[0], told)
        if rows is None:
            return _put(repository, loaded, told, alias), loaded.scorer.engine
        verdict = _judge(loaded, told, rows)
        judged = replace(told, scoring=verdict.scoring)
        return _put(repository, loaded, judged, alias, verdict), verdict.scoring.engine


def _find(place: str, user: str, name: str) -> tuple[PlainFolder, Manifest]:
    """The model at ``place``, and what is said of it there. Raises: CommandError H781, ModelError, StorageError."""
    source = PlainFolder(*connect(place, user=user), name)
    if not source.names():
        raise CommandError("H781", f"there is no model at {place}", hint="name the folder that Spark's save made")
    return source, source.manifest(name, source.latest(name))


def _judge(loaded: Loaded, told: Manifest, rows: Path) -> Verdict:
    """What may answer in Spark's place by the rows of a file. Raises: CommandError, JavaError, ScorerError."""
    drawn = _draw(rows, told.inputs)
    inputs = [as_seen(each, [row[each.name] for row in drawn]) for each in told.inputs]
    spark = open_spark(loaded.saved, {each.name: each.type for each in told.inputs})

    def ask(asked: Rows) -> list[Answer] | None:
        try:
            return spark.score(asked)
        except ScoringError:
            return None

    try:
        return judge(loaded.saved, ask, lambda: drawn, inputs, seed=_SEED, count=ROWS)
    finally:
        spark.close()


def _draw(file: Path, inputs: Sequence[Field]) -> list[dict[str, Any]]:
    """The first rows of a file. Raises: CommandError H790, H791."""
    drawn: list[dict[str, Any]] = []
    for batch in read_batches(file, [InputColumn(each.name, each.type) for each in inputs]):
        drawn += batch.rows if isinstance(batch.rows, list) else batch.rows.to_pylist()
        if len(drawn) >= ROWS:
            break
    if not drawn:
        raise CommandError("H791", f"{file} holds no row", hint="some of the training data will do")
    return drawn[:ROWS]


def _put(
    repository: Repository, loaded: Loaded, told: Manifest, alias: str, verdict: Verdict | None = None
) -> Manifest:
    """The version that the loaded model becomes, with the files that stand beside it. Raises: ModelError."""
    with repository.stage(told.name) as staging:
        staging.take(loaded.saved)
        left = {MANIFEST_NAME} if verdict is None else {MANIFEST_NAME, GRAPH_NAME}
        if loaded.saved != loaded.folder:
            for file in loaded.folder.iterdir():
                if file.is_file() and file.name not in left:
                    staging.add(file.name, file.read_bytes())
        if verdict and verdict.graph:
            staging.add(GRAPH_NAME, verdict.graph)
        said = {field: value for field, value in vars(told).items() if field not in _OF_THE_VERSION}
        return staging.publish(**said, aliases=[alias] if alias else [])


def _with_example(found: Manifest, example: Mapping[str, Any]) -> tuple[Field, ...]:
    """The inputs, each with its value of ``example`` if that is a row as a client may send it. Raises: CommandError."""
    if not example:
        return found.inputs
    problems = Signature(found.inputs).check([example], single=True).problems
    if problems:
        names = ", ".join(each.name for each in found.inputs)
        message = f"the example does not fit: '{problems[0].field}' {problems[0].problem}"
        raise CommandError("H787", message, hint=problems[0].hint or f"it takes: {names}")
    return tuple(replace(each, example=example[each.name]) for each in found.inputs)
