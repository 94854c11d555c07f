"""What the commands about finders share: the options that name its shape."""

import argparse
from typing import get_args

from training.finder.network import Depth, FinderShape, Front, Stride
from training.network import Variant


def add_shape(parser: argparse.ArgumentParser) -> None:
    """The options of the shape."""
    usual = FinderShape()
    parser.add_argument("--variant", choices=get_args(Variant), default=usual.variant, help="of the backbone")
    parser.add_argument(
        "--front",
        choices=get_args(Front),
        default=usual.front,
        help="how the backbone begins; dense is cheaper",
    )
    parser.add_argument(
        "--stride", type=int, choices=get_args(Stride), default=usual.stride, help="of the answers"
    )
    parser.add_argument(
        "--depth", choices=get_args(Depth), default=usual.depth, help="of the backbone; short is cheaper"
    )


def shape_of(chosen: argparse.Namespace) -> FinderShape:
    """The shape as it was chosen."""
    return FinderShape(chosen.variant, chosen.front, chosen.depth, stride=chosen.stride)
