"""What no picture shows: covered here, before anybody draws on it, keeps it or sends it (ADR 30)."""

from pipeline.privacy.coverer import Coverer, CoverOptions, covered_alone

__all__ = ["CoverOptions", "Coverer", "covered_alone"]
