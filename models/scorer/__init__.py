"""The scorer: a saved Spark PipelineModel answers without a JVM, pyspark or pickle, compiled to ONNX or in numpy."""

from models.errors import ScorerError, ScoringError
from models.scorer.interface import Answer, Answers, Scorer
from models.scorer.loading import load

__all__ = ["Answer", "Answers", "Scorer", "ScorerError", "ScoringError", "load"]
