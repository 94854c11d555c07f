"""A backbone of the finder that begins cheaply: EfficientNet-Lite whose blocks before stride 4 are five plain convolutions.

On a CPU those blocks take a large part of the time of the whole finder: they widen features at stride 2 sixfold, and moving these
to and from memory costs more than computing them. Plain convolutions do more arithmetic and move less, as the fused blocks of
EfficientNetV2 do (Tan and Le, 2021). They learn to answer as the blocks they replace (`training.finder.front`).
"""

from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn import functional

from training.network import Backbone, SameConv, Variant

_STEM = 32  # channels of the first convolution of EfficientNet-Lite
_WIDTH = 64  # of those that follow


class DenseBackbone(Backbone):
    """Everything behind stride 4 is EfficientNet-Lite's, and carries its names.

    Args:
        variant: Width and depth of what lies behind stride 4.
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant)
        for position in range(self.taps[0] + 1):
            self._blocks[position] = nn.Identity()
        self._front = nn.ModuleList(
            (
                SameConv(_STEM, _WIDTH, 3, 2),
                SameConv(_WIDTH, _WIDTH, 3),
                SameConv(_WIDTH, _WIDTH, 3),
                SameConv(_WIDTH, self.channels[0], 1),
            )
        )
        self._front_bn = nn.ModuleList(nn.BatchNorm2d(each.out_channels, eps=1e-3) for each in self._front)

    def begun(self, picture: Tensor) -> Tensor:
        """The features at stride 4."""
        features = functional.relu6(self.normalised(self._conv_stem, self._bn0, picture))
        pairs = list(zip(self._front, self._front_bn, strict=True))
        for convolution, normalisation in pairs[:-1]:
            features = functional.relu6(self.normalised(convolution, normalisation, features))
        return self.normalised(*pairs[-1], features)

    def front_parameters(self) -> Iterator[nn.Parameter]:
        """Those before stride 4."""
        for part in (self._conv_stem, self._bn0, self._front, self._front_bn):
            yield from part.parameters()


class _LeftOut(nn.Module):
    """Stands where a residual block was: what goes in comes out."""

    def forward(self, features: Tensor, folds: bool = False) -> Tensor:  # noqa: ARG002 - as a block takes it
        return features


def shorten(backbone: Backbone) -> None:
    """Leave out, behind stride 4, all residual blocks but the first of each stage.

    A residual network hardly notices that one of its blocks is missing (Veit et al., 2016), and what is left keeps its weights and
    its names.
    """
    first = False
    for position, block in enumerate(backbone._blocks):
        if position <= backbone.taps[0]:
            continue
        if block._adds and not first:
            backbone._blocks[position] = _LeftOut()
        first = not block._adds
