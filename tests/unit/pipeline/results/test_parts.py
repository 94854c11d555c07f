"""Pictures of a stream that began again."""

from pathlib import Path

from pipeline.results import LaterPart, ResultFolder, ResultPlan


def test_a_later_part_replaces_no_picture_of_the_parts_before(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "out", ResultPlan(streams=("door",)))
    part = LaterPart(folder, 2)

    assert part.overlay("door") == tmp_path / "out" / "overlay~2.mp4"
    assert part.overlay("yard") == tmp_path / "out" / "overlay-yard~2.mp4"
    assert part.masks == tmp_path / "out" / "masks~2"
    assert (part.path, part.events, part.database) == (folder.path, folder.events, folder.database)


def test_a_stream_that_comes_later_has_a_video_of_its_own(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "out", ResultPlan(streams=("door",)))

    assert folder.overlay("door").name == "overlay.mp4"
    assert folder.overlay("yard").name == "overlay-yard.mp4"


def test_files_of_a_later_part_get_their_names(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "out", ResultPlan(streams=("door",)))
    folder.claim()
    folder.prepare()
    folder.begin()
    part = LaterPart(folder, 3)
    staged = part.stage(part.overlay("door"))
    staged.write_bytes(b"video")
    part.publish(staged, part.overlay("door"))
    folder.close()

    assert (tmp_path / "out" / "overlay~3.mp4").read_bytes() == b"video"
