"""The finder as a file for the pipeline: `python -m training.finder.export WEIGHTS.pt finder.onnx [--variant lite0]`.

Input `image`: float32 (N, 3, H, W), channels B, G, R, 0 to 255, H and W multiples of 32. The picture lies in it top left, scaled
alike in both directions (by area where it shrinks), the rest is 114. Trained on pieces of pictures of 576x320.

Outputs at the stride S of the shape, 8 as a rule, row y and column x of which stand for the point
((x + 0.5) * S, (y + 0.5) * S) of the input:
- `heat` (N, 1, H/S, W/S) in 0..1: how likely the middle of a person's box is there;
- `sides` (N, 4, H/S, W/S), from there to the left, top, right and bottom side of the box, in pixels of the input, all above 0.

Decoding: a person is where the heat is the highest of its 3 by 3 neighbours and at least the threshold; the box is the point less
and plus the sides. Of boxes that overlap by more than an IoU of 0.6 the one with more heat counts (greedy non-maximum suppression).
A box encloses what is seen of a person, not what is hidden.
"""

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from domain.errors import UsageError
from training.export import write_onnx
from training.finder.command import add_shape, shape_of
from training.finder.network import FinderNetwork, load_finder

_EXAMPLE = (1, 3, 384, 640)


class _Exported(nn.Module):
    """The network as its readers want it: the heat as probabilities."""

    def __init__(self, network: FinderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        found = self.network(image)
        return torch.sigmoid(found.heat_logits), found.sides


def export(network: FinderNetwork, path: Path) -> None:
    """Write the finder as ONNX, its weights as float16, computed as float32; what goes in and comes out is told above."""
    write_onnx(_Exported(network), _EXAMPLE, ("heat", "sides"), path)


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Write trained weights of the finder as an ONNX file")
    parser.add_argument("weights", type=Path)
    parser.add_argument("network", type=Path)
    add_shape(parser)
    chosen = parser.parse_args()
    try:
        export(load_finder(chosen.weights, shape_of(chosen)), chosen.network)
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(f"{chosen.network}: {chosen.network.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
