"""How long ModelScope's own pipeline takes for a picture; runs in the environment of `scripts/parity-env.sh`.

Usage: python tests/parity/timing.py MODEL_FOLDER PICTURE THREADS. Prints one line of JSON for each line on standard input.
"""

import json
import resource
import sys
import time

import cv2
import torch
from modelscope.pipelines import pipeline
from modelscope.utils.constant import Tasks


def main() -> None:
    """Parse once for each line that comes in, so that the caller can alternate with its own runs."""
    torch.set_num_threads(int(sys.argv[3]))
    parse = pipeline(Tasks.image_segmentation, model=sys.argv[1], device="cpu")
    image = cv2.imread(sys.argv[2])
    for _line in sys.stdin:
        began = time.perf_counter()
        parse(image)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print("TIMED " + json.dumps({"seconds": time.perf_counter() - began, "peak_mb": peak_mb}), flush=True)


if __name__ == "__main__":
    main()
