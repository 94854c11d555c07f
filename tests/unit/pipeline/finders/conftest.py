from itertools import islice

import av
import numpy as np
import pytest

from cli.demo import CLIP
from domain.frame import BgrImage


@pytest.fixture(scope="session")
def demo_picture() -> BgrImage:
    """Somebody is there."""
    with av.open(str(CLIP)) as container:
        frames = [frame.to_ndarray(format="bgr24") for frame in islice(container.decode(video=0), 121)]
    return np.asarray(frames[-1], np.uint8)
