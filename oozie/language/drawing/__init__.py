"""Pictures of a workflow's control flow: model → :mod:`diagram` → :mod:`layout` → :mod:`svg`.

``draw(place(diagram_of(app)))`` is a workflow as SVG; who knows how a run of it goes adds a :class:`Mark` to each node.
"""

from oozie.language.drawing.diagram import Arrow, Box, Diagram, diagram_of
from oozie.language.drawing.lanes import CrowdedError
from oozie.language.drawing.layout import Layout, place
from oozie.language.drawing.signs import Mark, Mood
from oozie.language.drawing.style import STYLE
from oozie.language.drawing.svg import draw

__all__ = ["STYLE", "Arrow", "Box", "CrowdedError", "Diagram", "Layout", "Mark", "Mood", "diagram_of", "draw", "place"]
