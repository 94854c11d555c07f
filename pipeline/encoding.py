"""Pictures made into the bytes of JPEG files."""

import cv2
import numpy as np

from domain.frame import BgrImage, LabelMap


def jpeg(image: BgrImage, quality: int = 90) -> bytes:
    """A JPEG file.

    Args:
        image: Shape (H, W, 3) uint8 BGR.
        quality: 1 to 100.
    """
    done, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError(f"a picture of {image.shape} {image.dtype} cannot be written as .jpg")
    return encoded.tobytes()


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


def png(labels: LabelMap) -> bytes:
    """A label map as a grey PNG file, without any loss.

    Args:
        labels: Shape (H, W) uint8.
    """
    _, data = cv2.imencode(".png", labels)
    return data.tobytes()
