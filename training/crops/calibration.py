"""Crops to set the scales of an int8 crop parser with: `python -m training.crops.calibration FOLDER`; none of them is held out."""

import argparse
import sys
from itertools import islice
from pathlib import Path

import cv2

from domain.errors import OutputError, UsageError
from training.balance import photographs_to_balance_by
from training.crops.balance import crops


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description="Write crops to calibrate an int8 crop parser with")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=96)
    chosen = parser.parse_args()
    try:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        for number, view in enumerate(islice(crops(photographs_to_balance_by()), chosen.most)):
            if not cv2.imwrite(str(chosen.folder / f"{number:04d}.png"), view.image):
                raise OutputError(f"{chosen.folder} cannot be written")
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
