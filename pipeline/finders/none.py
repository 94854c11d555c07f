"""No finder: the parser looks at the whole picture, and at nothing else."""

from typing import Literal

from pipeline.finders.base import FinderContext, FinderSettings


class NoFinderSettings(FinderSettings):
    """Every person is parsed from the whole picture, scaled down to what the network sees."""

    kind: Literal["none"] = "none"

    def build(self, context: FinderContext) -> None:
        """None."""
        del context
