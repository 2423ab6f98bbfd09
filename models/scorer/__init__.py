"""The scorer: a saved Spark PipelineModel answers without a JVM, pyspark or pickle, compiled to ONNX or in numpy."""

import os

from models.errors import ScorerError, ScoringError
from models.scorer.interface import Answer, Answers, Scorer
from models.scorer.loading import load

__all__ = ["Answer", "Answers", "Scorer", "ScorerError", "ScoringError", "load"]

# Read when ONNX Runtime is loaded, which is later: else it keeps an id of the machine and tells its makers of its use.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
