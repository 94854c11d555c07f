"""What tests of streams share."""

import pytest

from tests.support.runtimes import Harness


@pytest.fixture
def harness() -> Harness:
    """A runtime over scripted sources."""
    return Harness()
