from typing import Any

import numpy as np

from tests.support.training_data import photograph
from training.finder.passersby import photographed_scenes, scene_of_photograph

MAIN = [90, 20, 150, 150]


def found(box: list[int], yolox: float, retail: float) -> dict[str, Any]:
    return {"box": box, "yolox": yolox, "retail": retail}


def test_the_labelled_person_has_the_box_of_the_mask() -> None:
    scene = scene_of_photograph(
        photograph(), [found([88, 25, 150, 148], 0.9, 0.9), found([95, 80, 140, 150], 0.5, 0.5)]
    )
    assert scene.boxes.tolist() == [MAIN]
    assert len(scene.doubtful) == 0


def test_passersby_count_where_both_agree_or_one_is_sure() -> None:
    agreed, sure, unsure = [10, 30, 30, 80], [170, 30, 190, 80], [200, 30, 215, 70]
    scene = scene_of_photograph(
        photograph(), [found(agreed, 0.3, 0.25), found(sure, 0.6, 0.0), found(unsure, 0.59, 0.2)]
    )
    assert scene.boxes.tolist() == [MAIN, agreed, sure]
    assert scene.doubtful.tolist() == [unsure]


def test_labels_belong_to_photographs_by_their_names() -> None:
    (scene,) = photographed_scenes([photograph()], {"photos/0001.jpg": [found([0, 0, 20, 60], 0.9, 0.9)]})
    assert len(scene.boxes) == 2
    (alone,) = photographed_scenes(
        [photograph()], {"photos_tagged/0001.jpg": [found([0, 0, 20, 60], 0.9, 0.9)]}
    )
    assert np.array_equal(alone.boxes, [MAIN])
