"""The network of the crop parser: that of `lite` without centres, since there is one person to a crop."""

from pathlib import Path

from torch import Tensor
from torch.nn import functional

from training.network import LiteNetwork, NetworkOptions, fill, normalised, stored_weights

_DROPPED = 0.15  # of the channels before the last convolution, while training


class CropNetwork(LiteNetwork):
    """Backbone, pyramid and the head of parts.

    Args:
        options: Its shape.
    """

    def __init__(self, options: NetworkOptions | None = None) -> None:
        super().__init__(options)
        del self.inst

    def forward(self, image: Tensor) -> Tensor:
        """Logits of the parts of the person in the middle, shape (N, 14, H/4, W/4); everybody else is background.

        Args:
            image: Shape (N, 3, H, W) float32, channels B, G, R, 0 to 255; H and W multiples of 32.
        """
        features = self.sem[0](self._pyramid(self.bb(normalised(image))))
        return self.sem[1](functional.dropout2d(features, _DROPPED, self.training))


def load_crop_network(path: Path, options: NetworkOptions | None = None) -> CropNetwork:
    """A network with the weights of that file, which may be those of a whole parser.

    Raises:
        ModelError: They are not there, or not this network's.
    """
    network = CropNetwork(options)
    stored = stored_weights(path)
    fill(network, {name: value for name, value in stored.items() if "inst." not in name}, path)
    return network.eval()
