"""What the rows of a file are to a model: which columns it takes, and of which types they are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from howdah.scoring.reading import settle_types
from models.input_columns import InputColumn, find_inputs
from models.manifest import Manifest
from models.spark_metadata import read_stages
from storage.local import LocalDisk


class RowTypes:
    """The columns that a model takes of ``file``.

    The manifest says them; of a folder without one, its stages say what they read, and the file of which type that is.
    Raises: CommandError H790, H791, UnsettledModelError.
    """

    def __init__(self, file: Path, folder: Path, manifest: Manifest, *, is_described: bool) -> None:
        """``is_described`` says that the manifest was published with the model, and not made of what its stages say."""
        self._file, self._is_described = file, is_described
        if is_described:
            self.columns = tuple(InputColumn(each.name, each.type) for each in manifest.inputs)
            self.whole: frozenset[str] = frozenset()
            return
        inputs = find_inputs(read_stages(LocalDisk(), str(folder)))
        self.columns = settle_types(file, inputs.columns, takes_all=False)
        self.whole = frozenset(each.name for each in self.columns if each.type == "long")

    def take_all(self) -> None:
        """Take every column with its type in the file: nobody knows what Spark does with them."""
        if self._is_described:
            return
        told = {"string", "texts", "vector"}
        asked = tuple(each if each.type in told else replace(each, type="value") for each in self.columns)
        self.columns = settle_types(self._file, asked, takes_all=True)
