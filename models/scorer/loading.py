"""Which engine answers for a saved model: the compiled graph where there is one, else numpy."""

from __future__ import annotations

from pathlib import Path

from models.errors import ScorerError
from models.integrity import MANIFEST_NAME
from models.repository import SPARK_FOLDER
from models.scorer.interface import Scorer

GRAPH_NAME = "model.onnx"


def version_folder(saved: Path) -> Path:
    """The folder of the version whose files Spark saved in ``saved``: itself, or the one above where it has a place."""
    above = saved.parent
    return above if saved.name == SPARK_FOLDER and (above / MANIFEST_NAME).is_file() else saved


def load(folder: Path, whole: frozenset[str] = frozenset()) -> Scorer:
    """The model saved in ``folder``; the graph that was published with it is taken as it is, else one is compiled.

    ``whole`` are the inputs that Spark has as whole numbers: it depends on them what an Imputer fills in.

    Raises: ScorerError H230 for a stage that is not in the table, H231 for a folder that is no readable PipelineModel.
    """
    from models.scorer.compiled import CompiledScorer  # with a published graph, neither pyarrow nor onnx is needed

    published = version_folder(folder) / GRAPH_NAME
    if published.is_file():
        return CompiledScorer(published.read_bytes(), folder)
    from models.scorer.compiler.pipeline import compile_model
    from models.scorer.pipeline import load_numpy

    exact = load_numpy(folder, whole)
    try:
        return CompiledScorer(compile_model(folder, whole), folder, whole)
    except ScorerError as error:
        if error.code != "H233":
            raise
        return exact
