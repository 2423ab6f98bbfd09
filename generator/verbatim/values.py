"""What an app that is said to the letter is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.values import Place
from oozie.language import model


@dataclass(frozen=True)
class Definition:
    """One XML file of an app; ``needs`` are the files of the folder that its actions name, as an ActionStep's."""

    file: str
    app: model.App
    needs: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, Place], ...] = ()
    place: Place = field(default=("", 0), compare=False)


@dataclass(frozen=True)
class VerbatimApp:
    """A whole app: its definitions, the properties that it is submitted with (None: without), and further files.

    ``unchecked``: what Oozie would refuse is no error of the declaration.
    """

    definitions: tuple[Definition, ...]
    properties: tuple[tuple[str, str], ...] | None = None
    files: tuple[str, ...] = ()
    unchecked: bool = False
    place: Place = field(default=("", 0), compare=False)

    @property
    def name(self) -> str:
        """The first definition's name."""
        return self.definitions[0].app.name
