"""``python -m tests.golden --check`` says what has drifted; ``--write`` makes the golden files anew."""

from __future__ import annotations

import sys

from tests.golden import imports
from tests.golden.drift import cases, drift, write


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        for name in cases():
            write(name)
        for name in imports.old_apps():
            imports.write(name)
        return 0
    if arguments != ["--check"]:
        sys.stderr.write("usage: python -m tests.golden --check | --write\n")
        return 2
    lines = [line for name in cases() for line in drift(name)]
    lines += [
        f"imported/{name}/workflow.py differs from what is imported"
        for name, folder in imports.old_apps().items()
        if imports.imported(name).source != (folder / "workflow.py").read_text("utf-8")
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    if lines:
        sys.stderr.write("\nThe golden files differ. If that is meant: make golden\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
