"""The folder that belongs to one run: its lock, its manifest and the files in it."""

from pipeline.results.folder import ResultFolder
from pipeline.results.parts import LaterPart
from pipeline.results.plan import ResultPlan

__all__ = ["LaterPart", "ResultFolder", "ResultPlan"]
