"""The scorer: a saved Spark PipelineModel read with pyarrow, evaluated with numpy; no JVM, no pyspark, no pickle."""

from models.scorer.interface import Answer, Scorer

__all__ = ["Answer", "Scorer"]
