"""A program: the real service of members that play what their ``answer.json`` says, to anybody but the registry.

Its arguments: the repository, the file of groups, and the file that gets the URL when the service answers.
"""

import json
import sys
import threading
from pathlib import Path

from models.repository import Repository
from models.scorer.interface import Answer
from serving.server import bind, serve, url_of
from serving.settings import Settings
from serving.speculation.groups_file import load_groups
from storage.local import LocalDisk


class Scorer:
    """A list is what it answers: a number, and the probability of the second class; a text is how it fails to."""

    engine = "stub"

    def __init__(self, folder):
        said = json.loads((folder / "answer.json").read_text())
        self._play = said["prediction"]
        self._has_probabilities = said["probability"] is not None
        self._is_warm = False

    def score(self, rows):
        if not self._is_warm:
            self._is_warm = True
            return self._answers([0.0, 0.5], rows)
        if self._play == "slow":
            threading.Event().wait()
        if self._play == "dead":
            raise RuntimeError("the trees are gone")
        if self._play == "absurd":
            return []
        return self._answers(self._play, rows)

    def _answers(self, said, rows):
        prediction, chance = said
        return [Answer(prediction, (1 - chance, chance) if self._has_probabilities else None)] * len(rows)


def main(root, groups, ready):
    settings = Settings(port=0, groups=load_groups(Path(groups)))
    listener = bind(settings)
    url = url_of(listener)
    repository = Repository(LocalDisk(durable=False), root)

    def tell(_registry):
        Path(f"{ready}.draft").write_text(url)
        Path(f"{ready}.draft").replace(ready)

    serve(listener, settings, lambda: {"repository": repository}, Scorer, tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
