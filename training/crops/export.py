"""The crop parser as a file for the pipeline: `python -m training.crops.export WEIGHTS.pt crop.onnx`.

Input `image`: float32 (N, 3, H, W), channels B, G, R, 0 to 255, H = 2 W, multiples of 32; trained at 256x128, 320x160 and 384x192.
It is the window `training.crops.windows.Window.around(box)` of the picture at full resolution: twice as tall as wide, the person's
box in its middle, a tenth of the box's height and width on every side at least, and 114 outside of the picture. Larger windows are
reduced by area, smaller ones enlarged bilinearly.

Output at stride 4: `part_logits` (N, 14, H/4, W/4), classes as in `domain.labels.LITE_CLASSES`, of the person in the middle;
everybody and everything else is background. A crop whose likeliest class is background everywhere shows nobody.
"""

import argparse
import sys
from pathlib import Path

from domain.errors import UsageError
from training.crops.network import CropNetwork, load_crop_network
from training.export import write_onnx

_EXAMPLE = (1, 3, 256, 128)


def export(network: CropNetwork, path: Path) -> None:
    """Write the crop parser as ONNX, its weights as float16, computed as float32; what goes in and comes out is told above."""
    write_onnx(network, _EXAMPLE, ("part_logits",), path)


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Write trained weights of the crop parser as an ONNX file")
    parser.add_argument("weights", type=Path)
    parser.add_argument("network", type=Path)
    chosen = parser.parse_args()
    try:
        export(load_crop_network(chosen.weights), chosen.network)
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(f"{chosen.network}: {chosen.network.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
