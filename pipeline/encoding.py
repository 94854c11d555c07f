"""Pictures made into the bytes of image files."""

import cv2
import numpy as np

from domain.frame import BgrImage, LabelMap


def jpeg(image: BgrImage, quality: int = 90) -> bytes:
    """A JPEG file.

    Args:
        image: Shape (H, W, 3) uint8 BGR.
        quality: 1 to 100.
    """
    return _encoded(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])


def png(image: BgrImage | LabelMap) -> bytes:
    """A PNG file, compressed lightly: it is made while somebody waits.

    Args:
        image: Shape (H, W, 3) uint8 BGR, or (H, W) uint8.
    """
    return _encoded(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def narrowed(image: BgrImage, width: int) -> BgrImage:
    """The picture, no wider than that many pixels; its shape stays.

    Args:
        image: Shape (H, W, 3) uint8 BGR.
        width: At least 1.
    """
    if image.shape[1] <= width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _encoded(ending: str, image: BgrImage | LabelMap, options: list[int]) -> bytes:
    done, encoded = cv2.imencode(ending, image, options)
    if not done:
        raise RuntimeError(f"a picture of {image.shape} {image.dtype} cannot be written as {ending}")
    return encoded.tobytes()
