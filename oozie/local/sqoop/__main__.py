"""``python -m oozie.local.sqoop import ARGUMENTS``: what an Oozie sqoop action starts on this machine."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.errors import ArgumentError
from oozie.local.sqoop.importer import run_import
from storage.errors import HowdahError

EXIT_FAILURE = 1
_SIGNAL_BASE = 128


def main(argv: list[str]) -> int:
    """Run the tool that ``argv`` names; every error is a line with its code and a line with a hint."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s sqoop: %(message)s",
        datefmt="%y/%m/%d %H:%M:%S",
    )  # fmt: skip
    signal.signal(signal.SIGTERM, _stop)
    try:
        _run(argv)
    except HowdahError as error:
        for diagnostic in error.diagnostics:
            sys.stderr.write(f"{diagnostic}\n" + (f"      {diagnostic.hint}\n" if diagnostic.hint else ""))
        return EXIT_FAILURE
    except KeyboardInterrupt:
        return _SIGNAL_BASE + signal.SIGINT
    return 0


def _run(argv: list[str]) -> None:
    if not argv or argv[0] != "import":
        tool = argv[0] if argv else ""
        raise ArgumentError("H420", f"sqoop: the tool '{tool}' is not known here", hint="sqoop import ARGUMENTS")
    arguments = parse_arguments(argv[1:])
    if arguments.verbose:
        logging.getLogger("sqoop").setLevel(logging.DEBUG)
    run_import(arguments)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_SIGNAL_BASE + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
