"""The scorer: a saved Spark PipelineModel read with pyarrow, evaluated with numpy; no JVM, no pyspark, no pickle."""

from models.errors import ScorerError, ScoringError
from models.scorer.interface import Answer, Scorer
from models.scorer.pipeline import load

__all__ = ["Answer", "Scorer", "ScorerError", "ScoringError", "load"]
