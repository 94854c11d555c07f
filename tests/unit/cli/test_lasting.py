"""Output that nobody reads any more, or that was closed from the start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = "from cli.main import main; main()"


def check_config(tmp_path: Path) -> list[str]:
    config = tmp_path / "shop.yaml"
    config.write_text("cameras:\n  - source: rtsp://camera.example/door\n")
    return [sys.executable, "-c", CHECK, "check-config", str(config)]


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_a_closed_pipe_is_no_error(tmp_path: Path, closed: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    kept = tmp_path / "kept"
    with kept.open("w") as other:
        out = other if closed == "stderr" else writing
        err = other if closed == "stdout" else writing
        done = subprocess.run(check_config(tmp_path), stdout=out, stderr=err, check=False)  # noqa: S603 - our own command
    os.close(writing)
    assert done.returncode == 0
    assert "Error" not in kept.read_text()


def test_descriptors_that_were_closed_are_not_given_to_other_files(tmp_path: Path) -> None:
    code = (
        "import os\nfor fd in range(3): os.close(fd)\n"
        "import sys\nsys.stdout = sys.stderr = None\n"
        "from cli.lasting import lasting_streams\n"
        "with lasting_streams():\n"
        "    print('nobody hears'); print('nor this', file=sys.stderr)\n"
        f"    fd = os.open({str(tmp_path / 'next')!r}, os.O_WRONLY | os.O_CREAT)\n"
        "    os.write(fd, b'%d' % fd)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
    assert int((tmp_path / "next").read_text()) > 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - our own command
            check_config(tmp_path), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.stderr == "footfall: standard output cannot be written (No space left on device)\n"
    assert done.returncode == 0
