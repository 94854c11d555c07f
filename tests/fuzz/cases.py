"""What is tried: each case is made from its kind and its seed alone, so that any of them can be made again."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.mutations import damaged

SETTINGS: dict[str, Any] = {
    "cameras": [
        {
            "id": "door",
            "source": "door.mp4",
            "sample_fps": 5.0,
            "recorded_at": "2026-03-01T09:00:00+01:00",
        },
        {"id": "till", "source": "rtsp://user:secret@192.0.2.10/stream", "keyframes_only": True},
    ],
    "sampling": {"sample_fps": 4.0},
    "rtsp": {"open_timeout_s": 5.0, "reconnect_max_s": 30},
    "buffer": {"frames": 16},
    "parser": {
        "name": "lite",
        "executor": "openvino",
        "precision": "auto",
        "threads": 2,
        "input_pixels": 147456,
    },
    "tracking": {"lost_after_s": 2.0},
    "analytics": {"windows_s": [10, 60], "min_visit_s": 0.5},
    "output": {"dir": "out", "overlay": True},
    "sql": {"url": "postgresql://user:secret@192.0.2.10/footfall"},
    "kafka": {
        "bootstrap_servers": ["192.0.2.10:9092"],
        "security_protocol": "SASL_SSL",
        "sasl_username": "user",
        "sasl_password": "secret",
    },
    "shutdown_deadline_s": 10,
    "log_level": "info",
}
ODD: tuple[Any, ...] = (
    None, "", " ", "\x00", "\ud7ff", "a" * 5000, "../" * 40, "/", "-", "~", "$HOME", "%s", "{}", "on", "0x10", "1e5", "1_000",
    0, -1, 1, 0.5, -0.0, 10**30, 1e308, float("inf"), float("nan"), True, False,
    [], [[]], {}, {"a": {}}, ["a", 1, None], [[1, 2]] * 50,
    "2026-13-45", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "1e999", "rtsp://", "rtsp://[::1", "rtsp://a:b:c@d:99999/",
    "file:///etc/passwd", "http://192.0.2.10/", "synthetic:?persons=-1", "synthetic:?size=0x0", "synthetic:?a=b&a=c", "sqlite://",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One command to run.

    Attributes:
        kind: Row of the table.
        seed: What it was made from.
        arguments: Of `footfall`.
    """

    kind: str
    seed: int
    arguments: tuple[str, ...]


def recording(whole: Path, seed: int, folder: Path) -> Case:
    """A run on a damaged recording."""
    path = folder / f"damaged{whole.suffix}"
    path.write_bytes(damaged(whole.read_bytes(), random.Random(seed)))  # noqa: S311 - must be repeatable
    return Case(f"recording {whole.name}", seed, _run(path, folder))


def picture(whole: Path, seed: int, folder: Path) -> Case:
    """A run on a folder with a damaged picture between two whole ones."""
    pictures = folder / "pictures"
    pictures.mkdir()
    for name in ("a", "c"):
        (pictures / f"{name}{whole.suffix}").write_bytes(whole.read_bytes())
    content = damaged(whole.read_bytes(), random.Random(seed))  # noqa: S311 - must be repeatable
    (pictures / f"b{whole.suffix}").write_bytes(content)
    return Case(f"picture {whole.suffix[1:]}", seed, _run(pictures, folder))


def _run(source: Path, folder: Path) -> tuple[str, ...]:
    settings = folder / "footfall.yaml"
    settings.write_text("parser: {executor: onnxruntime, threads: 1, input_pixels: 4096}\n", encoding="utf-8")
    return ("run", str(source), "--out", str(folder / "out"), "--config", str(settings))


def config(seed: int, folder: Path) -> Case:
    """A check of settings of which one to three values, keys or bytes are not what they were."""
    chance = random.Random(seed)  # noqa: S311 - must be repeatable
    kind, change = (("config values", _values), ("config keys", _keys), ("config bytes", _bytes))[seed % 3]
    path = folder / "footfall.yaml"
    path.write_bytes(change(chance))
    return Case(kind, seed, ("check-config", str(path)))


def _values(chance: random.Random) -> bytes:
    return _changed(chance, lambda holder, key: _set(holder, key, chance.choice(ODD)))


def _keys(chance: random.Random) -> bytes:
    def change(holder: Any, key: Any) -> None:
        value = holder.pop(key)
        if isinstance(holder, dict) and chance.randrange(3):
            _set(
                holder,
                chance.choice(("", "nme", "source", 1, None, True, 2.5, f"{key} ", str(key).upper())),
                value,
            )

    return _changed(chance, change)


def _set(holder: Any, key: Any, value: Any) -> None:
    holder[key] = value


def _changed(chance: random.Random, change: Callable[[Any, Any], None]) -> bytes:
    settings: Any = yaml.safe_load(yaml.safe_dump(SETTINGS))
    for _ in range(chance.randint(1, 3)):
        places = [place for place in _places(settings) if place[0]]
        if places:
            change(*chance.choice(places))
    text: str = yaml.safe_dump(settings, allow_unicode=True)
    return text.encode("utf-8", errors="surrogatepass")


def _places(holder: Any) -> list[tuple[Any, Any]]:
    """Every dictionary or list with each of its keys, nested ones included."""
    inside = (
        list(holder.items())
        if isinstance(holder, dict)
        else list(enumerate(holder))
        if isinstance(holder, list)
        else []
    )
    return [(holder, key) for key, _ in inside] + [place for _, value in inside for place in _places(value)]


def _bytes(chance: random.Random) -> bytes:
    return damaged(yaml.safe_dump(SETTINGS).encode(), chance)
