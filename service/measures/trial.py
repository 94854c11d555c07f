"""A trial of one parser against another."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from service.measures.family import Family
from service.models import Models

_COMPARED = Family(
    "gauge", "footfall_trial_compared", "Pictures that both parsers of a trial have parsed.", ("model",)
)
_AGREEMENT = Family(
    "gauge",
    "footfall_trial_agreement_ratio",
    "How the two agree: part of these pictures with the same number of persons, and of their persons' pixels with the same part.",
    ("model", "about"),
)

FAMILIES = (_COMPARED, _AGREEMENT)


def measure(models: Models) -> Iterator[Metric]:
    """Both at a moment; no series while there is no trial."""
    trial = models.trial()
    yield _COMPARED.of([(trial.model, trial.compared)] if trial else [])
    if trial is None or not trial.compared:
        return
    persons, pixels = trial.same_count / trial.compared, trial.same_pixels / trial.compared
    yield _AGREEMENT.of([(trial.model, "persons", persons), (trial.model, "pixels", pixels)])
