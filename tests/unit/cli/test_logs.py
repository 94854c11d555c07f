from pathlib import Path

from tests.support.command import Footfall


def test_a_run_names_the_new_keys_of_old_ones(footfall: Footfall, tmp_path: Path) -> None:
    config = tmp_path / "old.yaml"
    config.write_text("sampling: {sample_fps: 2}\n", encoding="utf-8")

    done = footfall(
        "run", "synthetic:?seconds=1", "--no-overlay", "--config", config, "--out", tmp_path / "o"
    )

    assert done.code == 0
    assert f"WARNING sampling.sample_fps ({config}:1) is now called sampling.fps\n" in done.err
