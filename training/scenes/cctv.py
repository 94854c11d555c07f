"""How a surveillance camera hangs, and what it makes of the light: exposure, noise, sharpening, blur and compression."""

import io
from dataclasses import dataclass

import av
import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BgrImage
from training.scenes.arrays import linear_to_srgb
from training.scenes.camera import Camera
from training.scenes.places import LightName
from training.scenes.plate import LinearImage
from training.scenes.things import Rng

_SKY = 3.0  # times the median: what is brighter counts no more for the exposure, or people below a sky would be black
_PERSON = 1.65  # metres, for a guess how far away people of some height in pixels are
_LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green, red


def hang(rng: Rng, size: tuple[int, int], tall: float) -> Camera:
    """A camera that sees people of about that height in pixels somewhere in its picture, the origin of the world in its middle.

    Args:
        rng: What differs from one to the next.
        size: Width and height of the picture.
        tall: Pixels.
    """
    width, height = size
    fov = float(np.deg2rad(rng.uniform(45, 85 if tall < 45 or tall > 160 else 110)))
    focal = 0.5 * width / np.tan(fov / 2)
    kind = rng.random()
    above = (
        rng.uniform(1.2, 1.7)
        if kind < 0.12
        else rng.uniform(2.0, 5.0)
        if kind < 0.8 or tall > 80
        else rng.uniform(5, 8)
    )
    sight = max(1.2, focal * _PERSON / tall)
    above = max(1.3, min(above, _PERSON / 2 + sight * np.sin(np.deg2rad(rng.uniform(15, 60)))))
    away = float(np.sqrt(max(sight**2 - (above - _PERSON / 2) ** 2, (0.15 * sight) ** 2)))
    down = float(np.arctan2(above - _PERSON / 2, away))
    half = np.arctan(0.5 * height / focal)
    pitch = float(
        np.clip(down - rng.uniform(-0.6, 0.6) * half, np.deg2rad(2 if above < 1.8 else 8), np.deg2rad(60))
    )
    yaw = float(rng.uniform(-np.pi, np.pi))
    return Camera(
        width,
        height,
        fov,
        (float(np.sin(yaw)) * away, float(above), float(np.cos(yaw)) * away),
        pitch,
        yaw,
        float(rng.normal(0, np.deg2rad(1.5))),
        float(-rng.uniform(0, 0.3) * (fov / np.deg2rad(110)) ** 2) if rng.random() < 0.7 else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Sensor:
    """What happens between light and file.

    Attributes:
        exposure: Factor on the light; below 0 the mean of the picture is brought to its negative.
        tint: Factors on blue, green, red.
        gray: 0 keeps the colours, 1 shows none.
        grain: Noise at full light, standard deviation as a share of white.
        dark_grain: Noise without light.
        contrast: 1 leaves it.
        vignette: Loss of light in the corners, 0 to 1.
        blur: Standard deviation, pixels.
        shake: Length, pixels, and direction, radians, of a movement of the camera.
        sharpen: Strength of the halos.
        scale: The picture is reduced to that share of its size and enlarged again.
        crf: Of H.264, or 0.
        jpeg: Quality of one more JPEG, or 0.
    """

    exposure: float
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gray: float = 0.0
    grain: float = 0.0
    dark_grain: float = 0.0
    contrast: float = 1.0
    vignette: float = 0.0
    blur: float = 0.0
    shake: tuple[float, float] = (0.0, 0.0)
    sharpen: float = 0.0
    scale: float = 1.0
    crf: int = 0
    jpeg: int = 0

    @classmethod
    def random(cls, rng: Rng, light: LightName) -> "Sensor":
        """One that suits that light."""
        dim = light in {"night", "infrared"} or (light == "dusk" and rng.random() < 0.5)
        level = {
            "night": rng.uniform(0.06, 0.16),
            "infrared": rng.uniform(0.1, 0.25),
            "dusk": rng.uniform(0.1, 0.22),
        }
        noise = rng.uniform(0.01, 0.05) if dim else rng.uniform(0, 0.012)
        chance = rng.random(8)
        tint = (
            1
            + rng.normal(0, 0.05, 3)
            + (rng.uniform(0, 0.25) * np.array([-1, 0, 1]) if light == "dusk" else 0)
        )
        return cls(
            exposure=-float(level.get(light, rng.uniform(0.14, 0.36))) * (0.5 if light == "backlight" else 1),
            tint=(float(tint[0]), float(tint[1]), float(tint[2])),
            gray=1.0
            if light == "infrared" or chance[0] < 0.03
            else float(rng.uniform(0, 0.4))
            if chance[0] < 0.5
            else 0.0,
            grain=float(noise * rng.uniform(0.5, 1.5)),
            dark_grain=float(noise * 0.5),
            contrast=float(rng.uniform(0.8, 1.2)),
            vignette=float(rng.uniform(0, 0.5)) if chance[1] < 0.4 else 0.0,
            blur=float(rng.uniform(0.35, 0.7) if chance[2] < 0.75 else rng.uniform(0.7, 1.4)),
            shake=(float(rng.uniform(2, 7)), float(rng.uniform(0, np.pi)))
            if chance[3] < 0.06
            else (0.0, 0.0),
            sharpen=float(rng.uniform(0.2, 1.2)) if chance[4] < 0.35 else 0.0,
            scale=float(rng.uniform(0.45, 0.9)) if chance[5] < 0.2 else 1.0,
            crf=int(rng.integers(20, 38)) if chance[6] < 0.45 else 0,
            jpeg=int(rng.integers(35, 90)) if chance[7] < 0.3 else 0,
        )

    def picture(self, light: LinearImage, rng: Rng) -> BgrImage:
        """The picture of that light, shape (H, W, 3), red first; grain comes from `rng`."""
        shown = np.ascontiguousarray(light[:, :, ::-1]) * self._gain(light) * np.array(self.tint, np.float32)
        if self.vignette:
            shown *= _falloff(light.shape[0], light.shape[1], self.vignette)
        if self.shake[0]:
            shown = np.asarray(cv2.filter2D(shown, -1, _streak(*self.shake)), np.float32)
        if self.blur:
            shown = np.asarray(cv2.GaussianBlur(shown, (0, 0), self.blur), np.float32)
        shown = np.minimum(shown, 4)
        deviation = np.sqrt(self.grain**2 * np.maximum(shown, 0) + self.dark_grain**2)
        shown = shown + deviation * rng.standard_normal(shown.shape, np.float32)
        return self._compressed(np.clip(np.round(self._graded(shown) * 255), 0, 255).astype(np.uint8))

    def _graded(self, shown: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """As stored, 0 to 1: contrast, colours taken away, halos."""
        stored = (linear_to_srgb(shown) - 0.45) * self.contrast + 0.45
        graded = stored + self.gray * ((stored @ _LUMA)[:, :, None] - stored)
        if self.sharpen:
            graded = graded + self.sharpen * (graded - np.asarray(cv2.GaussianBlur(graded, (0, 0), 1.3)))
        return np.asarray(graded, np.float32)

    def _gain(self, light: LinearImage) -> np.float32:
        if self.exposure >= 0:
            return np.float32(self.exposure)
        most = min(2.5, max(_SKY * float(np.median(light)), 1e-3))
        return np.float32(-self.exposure / max(float(np.minimum(light, most).mean()), 1e-4))

    def _compressed(self, image: BgrImage) -> BgrImage:
        height, width = image.shape[:2]
        if self.scale < 1:
            small = cv2.resize(image, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
            image = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        if self.crf:
            image = through_h264(image, self.crf)
        if self.jpeg:
            _, stored = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])
            image = np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)
        return image


def _falloff(height: int, width: int, loss: float) -> npt.NDArray[np.float32]:
    rows, columns = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return (1 - loss * (rows**2 + columns**2) / 2)[:, :, None].astype(np.float32)


def _streak(length: float, direction: float) -> npt.NDArray[np.float32]:
    """A kernel that smears along a line."""
    reach = int(np.ceil(length / 2))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for along in np.linspace(-length / 2, length / 2, 4 * reach + 1):
        kernel[
            reach + round(float(along * np.sin(direction))), reach + round(float(along * np.cos(direction)))
        ] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


def smeared(
    light: LinearImage, person: npt.NDArray[np.bool_], length: float, direction: float
) -> LinearImage:
    """One moving person smeared along a line, before what is behind: that is guessed from what is seen around the person."""
    kernel = _streak(length, direction)
    mask = person.astype(np.float32)
    share = cv2.filter2D(mask, -1, kernel)[:, :, None]
    moving = cv2.filter2D(light * mask[:, :, None], -1, kernel)
    around = [cv2.blur(part, (15, 15)) for part in (light * (1 - mask)[:, :, None], 1 - mask)]
    behind = np.where(person[:, :, None], around[0] / np.maximum(around[1], 1e-3)[:, :, None], light)
    return np.asarray(moving + (1 - share) * behind, np.float32)


def through_h264(image: BgrImage, crf: int) -> BgrImage:
    """The picture as the second frame of an H.264 stream of that quality shows it; sides must be even."""
    file = io.BytesIO()
    height, width = image.shape[:2]
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast", "threads": "1", "tune": "zerolatency"}
        for moved in (np.roll(image, 1, axis=1), image):  # so that most blocks are predicted
            container.mux(stream.encode(av.VideoFrame.from_ndarray(moved, format="bgr24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as stored:
        frames = [frame.to_ndarray(format="bgr24") for frame in stored.decode(video=0)]
    return np.asarray(frames[-1], np.uint8)
