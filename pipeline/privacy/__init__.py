"""What no picture shows: covered before anybody draws on it, keeps it or sends it (ADR 30). And which events leave (ADR 33)."""

from pipeline.privacy.coverer import Coverer, CoverOptions, Upcoming, covered_alone
from pipeline.privacy.gate import EventGate

__all__ = ["CoverOptions", "Coverer", "EventGate", "Upcoming", "covered_alone"]
