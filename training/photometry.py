"""What cameras, light and codecs do to a picture: random changes that leave labels as they are."""

import cv2
import numpy as np

from domain.frame import BgrImage
from training.canvas import Rng


def degraded(image: BgrImage, rng: Rng) -> BgrImage:
    """As another camera might have seen it: contrast, light, colour cast, fading, blur, noise and JPEG, each by chance."""
    changed = (image.astype(np.float32) - 128) * rng.uniform(0.65, 1.25) + 128 + rng.uniform(-30, 30)
    changed *= 1 + rng.normal(0, 0.06, 3)
    if rng.random() < 0.15:  # nearly grey, as at night
        changed = changed * 0.3 + changed.mean(axis=2, keepdims=True) * rng.uniform(0.5, 1)
    changed = np.clip(changed, 0, 255)
    if rng.random() < 0.4:
        changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.3, 1.6))
    if rng.random() < 0.4:
        changed = changed + rng.normal(0, rng.uniform(1, 10), changed.shape)
    stored = np.clip(np.round(changed), 0, 255).astype(np.uint8)
    return _recompressed(stored, int(rng.integers(30, 90))) if rng.random() < 0.4 else stored


def recolored(image: BgrImage, keep: np.ndarray[tuple[int, int], np.dtype[np.bool_]], rng: Rng) -> BgrImage:
    """Hues turned by one random angle, but for the pixels to keep, shape (H, W): skin and hair have few colours."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    turned = (hsv[:, :, 0].astype(np.int16) + int(rng.integers(0, 180))) % 180
    hsv[:, :, 0] = np.where(keep, hsv[:, :, 0], turned)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), np.uint8)


def relit(image: BgrImage, rng: Rng) -> BgrImage:
    """A little brighter or darker, as a person beside whom the picture was taken in other light."""
    changed = image.astype(np.float32) * rng.uniform(0.7, 1.15) + rng.uniform(-12, 12)
    return np.clip(np.round(changed), 0, 255).astype(np.uint8)


def _recompressed(image: BgrImage, quality: int) -> BgrImage:
    _, stored = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)
