"""The whole network."""

import torch
from torch import Tensor, nn

from pipeline.parsers.m2fp.network.backbone import Backbone
from pipeline.parsers.m2fp.network.decoder import TransformerDecoder
from pipeline.parsers.m2fp.network.deformable import Sampling
from pipeline.parsers.m2fp.network.pixel_decoder import PixelDecoder
from pipeline.parsers.m2fp.network.shape import M2FP_RESNET101, NetworkShape
from pipeline.parsers.m2fp.preprocess import PIXEL_MEAN, PIXEL_STD


class Head(nn.Module):
    """Pixel decoder and transformer decoder, under the names that checkpoints give them."""

    def __init__(self, shape: NetworkShape, sampling: Sampling) -> None:
        super().__init__()
        self.pixel_decoder = PixelDecoder(shape, sampling)
        self.predictor = TransformerDecoder(shape)


class M2FPNetwork(nn.Module):
    """M2FP (Yang et al., 2023) for several persons, one picture at a time.

    Args:
        shape: Sizes.
        sampling: Which form of deformable attention; the parameters and the results are the same.
    """

    def __init__(self, shape: NetworkShape = M2FP_RESNET101, sampling: Sampling = "bag") -> None:
        super().__init__()
        self.backbone = Backbone(shape)
        self.sem_seg_head = Head(shape, sampling)
        self.register_buffer("_mean", torch.tensor(PIXEL_MEAN).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("_std", torch.tensor(PIXEL_STD).reshape(1, 3, 1, 1), persistent=False)
        self._mean: Tensor
        self._std: Tensor

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Parse.

        Args:
            image: Shape (1, 3, H, W) float32, R, G, B, 0 to 255, H and W multiples of 32; padding has the mean colour.

        Returns:
            Class logits, shape (Q, classes + 1), the last is "no object", and mask logits, shape (Q, H / 4, W / 4).
        """
        features = self.backbone((image - self._mean) / self._std)
        head = self.sem_seg_head
        levels, sizes, finest = head.pixel_decoder(features)
        logits: tuple[Tensor, Tensor] = head.predictor(
            levels, sizes, finest, head.pixel_decoder.mask_features
        )
        return logits
