"""What moved an answer: exact contributions of a model's inputs, for linear models and trees."""

from models.explaining.explainer import Explainer, Explanation, load

__all__ = ["Explainer", "Explanation", "load"]
