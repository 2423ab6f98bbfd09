"""Which directories and tables an app reads and writes, as far as its files say: no cluster is asked.

``doing`` is of one action; ``inputs_of`` and ``outputs_of`` are of a coordinator.
"""

from oozie.language.dataflow.actions import doing
from oozie.language.dataflow.datasets import Stock, handed_down, inputs_of, outputs_of
from oozie.language.dataflow.uses import Doing, How, Surroundings, Use, What

__all__ = [
    "Doing",
    "How",
    "Stock",
    "Surroundings",
    "Use",
    "What",
    "doing",
    "handed_down",
    "inputs_of",
    "outputs_of",
]
