import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.parsers.compiled import CompiledStore


def test_what_was_kept_is_read_again_under_its_own_description(tmp_path: Path) -> None:
    CompiledStore(tmp_path / "compiled").keep("640x1152", b"network")

    store = CompiledStore(tmp_path / "compiled")
    assert store.read("640x1152") == b"network"
    assert store.read("320x576") is None


def test_a_damaged_or_cut_off_file_counts_as_none(tmp_path: Path) -> None:
    store = CompiledStore(tmp_path)
    store.keep("a", b"network")
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for content in (whole[:-1], b"", whole[:-1] + b"x"):
        path.write_bytes(content)
        assert store.read("a") is None


def test_only_the_newest_four_stay(tmp_path: Path) -> None:
    store = CompiledStore(tmp_path)
    for number in range(6):
        store.keep(str(number), b"network")
        for path in tmp_path.iterdir():  # a clock that does not tick between two files tells nothing
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 10**9))

    assert [number for number in range(6) if store.read(str(number))] == [2, 3, 4, 5]


def test_a_full_disk_is_no_error_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pipeline.parsers.compiled.os.fsync", full)
    store = CompiledStore(tmp_path)

    store.keep("a", b"network")

    assert store.read("a") is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    store = CompiledStore(tmp_path / "removed" / "compiled")
    store.keep("a", b"network")
    assert store.read("a") is None


WRITER = """
import sys
from pathlib import Path
from pipeline.parsers.compiled import CompiledStore
store = CompiledStore(Path(sys.argv[1]))
for turn in range(40):
    store.keep("a", sys.argv[2].encode() * 200_000)
    found = store.read("a")
    assert found is not None and len(set(found)) == 1, "half a network"
"""


def test_two_processes_never_meet_half_a_network(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter])  # noqa: S603 - ourselves
        for letter in "xy"
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert len(list(tmp_path.iterdir())) == 1
