"""The arguments of the training job."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from jobs.candidates import CANDIDATES
from jobs.errors import JobError
from jobs.evaluation import METRICS
from models.stages import ALIASES

_MOST_DAYS = 36_500

_EPILOG = """\
Without --prepare and without a list of columns, every number, text and flag of the input is learnt from but the label,
the group and those of --leave-out. The model's inputs are these columns; the label is no part of the saved pipeline.

Exit codes: 0 a version was published, 1 the data cannot be learnt from, 2 the arguments are wrong.
Each error is one line with a code (H6xx) and a hint.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ours."""

    def error(self, message: str) -> NoReturn:
        """Raises: JobError H600."""
        raise JobError("H600", message, hint=f"{self.prog} --help says what there is")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments by name. Raises: JobError H600."""
    options = _parser().parse_args(arguments)
    for name in options.candidates:
        if name not in CANDIDATES:
            raise JobError("H600", f"there is no candidate '{name}'", hint=f"there are: {', '.join(CANDIDATES)}")
    if not 0.05 <= options.holdout <= 0.4:
        raise JobError("H600", f"--holdout {options.holdout} is not between 0.05 and 0.4", hint="0.2 is usual")
    if options.gate_rows < 0:
        raise JobError("H600", f"--gate-rows {options.gate_rows} is below 0", hint="10000 is usual, 0 compares nothing")
    if options.valid_days is not None and not 0 < options.valid_days <= _MOST_DAYS:
        message = f"--valid-days {options.valid_days:g} is not above 0 and at most {_MOST_DAYS}"
        raise JobError("H600", message, hint="30 is a month; without it, there is no end")
    if options.stage:
        options.alias = ALIASES.get(options.stage, "")
    if options.format == "text" and not options.columns:
        raise JobError("H600", "text has no column names", hint="add --columns 'name TYPE, ...'")
    return options


def _parser() -> Parser:
    parser = Parser(
        "train.py",
        description="Train a classifier on what a workflow has imported, and publish it to a model repository.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data = parser.add_argument_group("data")
    data.add_argument("--input", required=True, metavar="URI", help="folder or file to learn from")
    data.add_argument("--format", choices=("text", "parquet"), default="text", help="text: tabs, \\N is null (default)")
    data.add_argument(
        "--columns", default="", metavar="DDL", help="the columns: \"age INT COMMENT 'in years', city STRING\""
    )
    data.add_argument("--prepare", metavar="MODULE", help="module with prepare(frame) and FEATURES, as jobs.sessions")
    task = parser.add_argument_group("task")
    task.add_argument("--label", required=True, metavar="COLUMN", help="what to predict; its values are the classes")
    for flag, text in (("numeric", "numbers"), ("categorical", "texts"), ("flags", "yes or no")):
        task.add_argument(f"--{flag}", type=names, default=[], metavar="A,B", help=f"columns to learn from: {text}")
    task.add_argument("--leave-out", type=names, default=[], metavar="A,B", help="columns not to learn from")
    task.add_argument("--group", metavar="COLUMN", help="rows with equal values are never both learnt and tested")
    task.add_argument("--date", metavar="COLUMN", help="what says when a row happened (default: the first date)")
    task.add_argument("--candidates", type=names, default=list(CANDIDATES), metavar="A,B", help=", ".join(CANDIDATES))
    task.add_argument("--metric", choices=sorted(METRICS), default="f1", help="what the best is chosen by (default f1)")
    task.add_argument(
        "--holdout", type=float, default=0.2, metavar="SHARE", help="of the rows to test on (default 0.2)"
    )
    task.add_argument("--seed", type=int, default=7, help="the same seed and data give the same model (default 7)")
    task.add_argument(
        "--gate-rows",
        type=int,
        default=10_000,
        metavar="N",
        help="rows on which the compiled model has to answer as Spark does (default 10000; 0: it is not compared)",
    )
    output = parser.add_argument_group("output")
    output.add_argument("--models", required=True, metavar="URI", help="root of the model repository")
    output.add_argument("--name", required=True, help="of the model")
    place = output.add_mutually_exclusive_group()
    place.add_argument("--alias", default="champion", help="moved to the new version (default champion; '' for none)")
    place.add_argument("--stage", choices=("dev", *ALIASES), default="", help="where this runs; prod is the champion")
    output.add_argument(
        "--valid-days", type=float, metavar="N", help="after which the version answers no more (default: it always may)"
    )
    output.add_argument("--plain-model", metavar="URI", help="a folder with the newest model alone, overwritten")
    output.add_argument("--description", default="", metavar="TEXT")
    output.add_argument("--run-id", default="", metavar="ID", help="the workflow's job that asks for this")
    output.add_argument("--nominal-time", default="", metavar="T", help="the coordinator's time of this instance")
    return parser


def names(text: str) -> list[str]:
    """The names in a list with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
