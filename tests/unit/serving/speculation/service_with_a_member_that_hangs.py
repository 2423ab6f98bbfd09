"""A program: the real service of a group whose member ``smart`` never answers anybody but the registry.

Its arguments: the repository, and the file that gets the URL when the service answers.
"""

import sys
import threading
from pathlib import Path

from models.repository import Repository
from models.scorer.interface import Answer
from serving.server import bind, serve, url_of
from serving.settings import Settings
from serving.speculation.group import Group
from storage.local import LocalDisk

GROUP = Group("group", "smart-or-fast", ("smart", "fast"), 0.5)


class Scorer:
    engine = "stub"

    def __init__(self, folder):
        self._hangs = '"smart"' in (folder / "answer.json").read_text()
        self._is_warm = False

    def score(self, rows):
        if self._hangs and self._is_warm:
            threading.Event().wait()
        self._is_warm = True
        return [Answer(1.0)] * len(rows)


def main(root, ready):
    settings = Settings(port=0, groups=(GROUP,))
    listener = bind(settings)
    url = url_of(listener)
    repository = Repository(LocalDisk(durable=False), root)

    def tell(_registry):
        Path(f"{ready}.draft").write_text(url)
        Path(f"{ready}.draft").replace(ready)

    serve(listener, settings, lambda: {"repository": repository}, Scorer, tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
