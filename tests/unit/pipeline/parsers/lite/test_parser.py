import json
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest
from pydantic import ValidationError

import pipeline.parsers.lite.parser as lite
from cli.demo import CLIP
from domain.errors import ModelError
from domain.frame import BgrImage
from domain.labels import LITE_CLASSES, BodyPart
from pipeline.parsers.base import Executor, Precision
from pipeline.parsers.cropping import Crop
from pipeline.parsers.lite.decode import DecodeOptions
from pipeline.parsers.lite.parser import FOLDERS, LiteParser
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.lite.weights import read_weights
from pipeline.parsers.shipped import ShippedWeights

FOLDER = Path(lite.__file__).parent


def demo_picture() -> BgrImage:
    """Somebody is there."""
    with av.open(str(CLIP)) as container:
        frames = [frame.to_ndarray(format="bgr24") for frame in islice(container.decode(video=0), 121)]
    return np.asarray(frames[-1], np.uint8)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("weights.json", "lite.onnx", "lite-int8.xml", "lite-int8.bin"):
        shutil.copy(FOLDER / name, tmp_path / name)
    shutil.copytree(FOLDER / "crop", tmp_path / "crop")
    return tmp_path


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
def test_nobody_is_seen_in_an_empty_picture(executor: Executor) -> None:
    parser = LiteParser(LiteSettings(executor=executor, precision="fp32"))

    parsed = parser.parse(np.full((432, 768, 3), 128, np.uint8))

    assert len(parsed) == 0
    assert parser.info.name == "lite"
    assert parser.info.precision == "fp32"


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
def test_the_cc0_variant_says_who_it_is_and_tells_somebody_from_nobody(executor: Executor) -> None:
    options = LiteSettings(executor=executor)
    parser = LiteParser(options, folder=FOLDERS["lite-cc0"])

    assert len(parser.parse(np.full((432, 768, 3), 128, np.uint8))) == 0
    assert len(parser.parse(demo_picture())) > 0
    assert parser.info.name == "lite-cc0"
    assert parser.info.precision in {"fp32", "bf16"}


def test_every_variant_that_may_be_chosen_has_weights_of_its_name() -> None:
    chosen = set(get_args(LiteSettings.model_fields["kind"].annotation))
    assert {name: read_weights(folder).name for name, folder in FOLDERS.items()} == {
        one: one for one in chosen
    }


def test_a_variant_without_an_int8_network_says_so() -> None:
    options = LiteSettings(precision="int8")
    with pytest.raises(ModelError, match=r"no int8 twin: set parser\.precision to auto or fp32"):
        LiteParser(options, folder=FOLDERS["lite-cc0"])


def test_thresholds_come_with_the_weights_unless_others_are_asked_for(copied: Path) -> None:
    about = json.loads((copied / "weights.json").read_text(encoding="utf-8"))
    (copied / "weights.json").write_text(
        json.dumps(about | {"decode": {"centre_threshold": 0.99}}), encoding="utf-8"
    )
    picture = demo_picture()

    assert len(LiteParser(folder=copied).parse(picture)) == 0
    assert len(LiteParser(decode=DecodeOptions(), folder=copied).parse(picture)) > 0


def test_both_executors_give_the_same_answer() -> None:
    picture = np.random.default_rng(7).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    networks = [
        LiteParser(LiteSettings(executor=executor, precision="fp32"))
        for executor in ("openvino", "onnxruntime")
    ]
    tensor, _ = preprocess(picture, 512 * 288)

    answers = [parser._network(tensor) for parser in networks]

    assert answers[0].keys() == answers[1].keys() == {"part_logits", "centre", "offset"}
    for name, values in answers[0].items():
        assert np.allclose(values, answers[1][name], atol=2e-3), name


def test_an_answer_is_not_overwritten_by_the_next_one() -> None:
    parser = LiteParser()
    rng = np.random.default_rng(0)
    first_tensor, second_tensor = (rng.random((1, 3, 64, 64), np.float32) * 255 for _ in range(2))

    first = parser._network(first_tensor)
    kept = {name: values.copy() for name, values in first.items()}
    parser._network(second_tensor)

    for name, values in first.items():
        assert np.array_equal(values, kept[name])


@pytest.mark.parametrize(("name", "precision"), [("lite.onnx", "fp32"), ("lite-int8.bin", "int8")])
def test_damaged_weights_are_refused(copied: Path, name: str, precision: Precision) -> None:
    network = copied / name
    damaged = bytearray(network.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    network.write_bytes(damaged)

    with pytest.raises(
        ModelError, match=rf"the weights of lite are damaged: .*{name} .*install footfall again"
    ) as raised:
        LiteParser(LiteSettings(precision=precision), folder=copied)
    assert "\n" not in str(raised.value)


def test_missing_weights_are_named(copied: Path) -> None:
    (copied / "lite.onnx").unlink()

    with pytest.raises(
        ModelError, match=r"the weights of lite are missing: .*lite\.onnx; install footfall again"
    ):
        LiteParser(LiteSettings(precision="fp32"), folder=copied)


def test_int8_sees_nearly_what_fp32_sees() -> None:
    picture = demo_picture()
    parsers = [LiteParser(LiteSettings(precision=one)) for one in ("fp32", "int8")]
    exact, rough = (parser.parse(picture) for parser in parsers)
    assert [parser.info.precision for parser in parsers] == ["fp32", "int8"]
    assert len(rough) == len(exact) > 0
    somebody = (exact.labels > 0) | (rough.labels > 0)
    assert (exact.labels == rough.labels)[somebody].mean() > 0.85


def test_bf16_is_not_promised_where_onnx_runtime_computes() -> None:
    with pytest.raises(
        ValidationError, match="precision bf16 needs executor openvino; onnxruntime computes in fp32"
    ):
        LiteSettings(executor="onnxruntime", precision="bf16")


def test_lite_never_claims_to_tell_left_from_right() -> None:
    sided = {BodyPart.LEFT_ARM, BodyPart.RIGHT_ARM, BodyPart.LEFT_LEG, BodyPart.RIGHT_LEG}
    assert not sided & set(LITE_CLASSES)


def test_many_threads_may_parse_from_the_first_moment_on() -> None:
    # In a process of its own: what could go wrong is the engine's very first use by two threads at once.
    code = (
        "import numpy as np\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from threading import Barrier\n"
        "from pipeline.parsers.lite.parser import LiteParser\n"
        "parser, together = LiteParser(parallel=4), Barrier(4)\n"
        "def parse(size):\n"
        "    together.wait()\n"
        "    return len(parser.parse(np.zeros((size, 64, 3), np.uint8)))\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    print(list(pool.map(parse, (48, 64, 80, 96))))\n"
    )
    assert printed_by(code) == "[0, 0, 0, 0]"


def test_a_program_may_end_in_the_moment_its_answer_comes() -> None:
    # In a process of its own: what could go wrong is that it is aborted, with exit code 134.
    code = (
        "import atexit, threading\n"
        "import numpy as np\n"
        "from pipeline.parsers import runtime\n"
        "from pipeline.parsers.lite.parser import LiteParser\n"
        "answer, ending = runtime._answer, threading.Event()\n"
        "runtime._answer = lambda *given: (answer(*given), ending.wait())\n"
        "parser = LiteParser()\n"
        "print(len(parser.parse(np.zeros((64, 64, 3), np.uint8))))\n"
        "atexit.register(ending.set)\n"
    )
    assert printed_by(code) == "0"


def test_a_signal_after_parsers_have_come_and_gone_does_no_harm() -> None:
    # In a process of its own: what could go wrong is a segmentation fault.
    code = (
        "import gc, os, signal\n"
        "import numpy as np\n"
        "from pipeline.parsers.lite.parser import LiteParser\n"
        "signal.signal(signal.SIGINT, lambda *_: print('asked to stop'))\n"
        "picture = np.zeros((64, 64, 3), np.uint8)\n"
        "first, second = LiteParser(), LiteParser()\n"
        "first.parse(picture), second.parse(picture)\n"
        "del first\n"
        "gc.collect()\n"
        "del second\n"
        "gc.collect()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
    )
    assert printed_by(code) == "asked to stop"


def printed_by(code: str) -> str:
    """What that code prints in a process of its own, which must end well."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def crop_of_demo() -> BgrImage:
    """The surest person of the demo picture, in the middle."""
    picture = demo_picture()
    box = LiteParser(LiteSettings(precision="fp32")).parse(picture).boxes[0]
    return Crop.around(box).cut(picture)


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
def test_crops_are_parsed_together_each_at_its_size(executor: Executor) -> None:
    crop = crop_of_demo()
    small = np.full((40, 20, 3), 128, np.uint8)

    parsed = LiteParser(LiteSettings(executor=executor, precision="fp32")).parse_crops([crop, small, crop])

    assert [frame.labels.shape for frame in parsed] == [crop.shape[:2], (40, 20), crop.shape[:2]]
    assert len(parsed[0]) > 0
    assert len(parsed[1]) == 0
    assert np.array_equal(parsed[0].labels, parsed[2].labels)
    assert LiteParser(LiteSettings(executor=executor)).parse_crops([]) == []


def test_the_network_for_crops_that_is_named_is_the_one_in_its_folder() -> None:
    named = read_weights(FOLDER).crops
    own = ShippedWeights.model_validate_json((FOLDER / "crop" / "weights.json").read_bytes())
    assert named == {
        kind: {f"crop/{name}": checksum for name, checksum in files.items()}
        for kind, files in own.networks.items()
    }


def test_a_network_for_crops_knows_the_middle() -> None:
    (parsed,) = LiteParser(LiteSettings(precision="fp32")).parse_crops([crop_of_demo()])

    assert len(parsed) == 1
    assert np.array_equal(parsed.person_ids > 0, parsed.labels > 0)


def test_what_the_finder_says_of_a_crop_is_weighed_with_what_it_shows() -> None:
    parser, crop = LiteParser(LiteSettings(precision="fp32")), crop_of_demo()
    odds = np.array((3.0, -3.0, 3.0), np.float32)
    parsed = parser.parse_crops([crop, crop, np.full((240, 120, 3), 128, np.uint8)], odds)
    assert [len(each) for each in parsed] == [1, 0, 0]
    assert parsed[1].labels.shape == crop.shape[:2]


def test_weights_without_a_network_for_crops_parse_them_with_the_other(copied: Path) -> None:
    about = json.loads((copied / "weights.json").read_text(encoding="utf-8"))
    (copied / "weights.json").write_text(json.dumps(about | {"crops": None}), encoding="utf-8")
    without, having = LiteParser(folder=copied), LiteParser()

    assert len(without.parse_crops([crop_of_demo()])[0]) >= 1
    assert without.crops_checksum == without.info.checksum
    assert having.crops_checksum != having.info.checksum == without.info.checksum


@pytest.mark.parametrize("middle", [{"least_clearness": 0.9999}, {"least_share": 0.9}])
def test_a_crop_of_whom_the_network_is_not_sure_enough_shows_nobody(
    copied: Path, middle: dict[str, float]
) -> None:
    crop = crop_of_demo()
    about = json.loads((copied / "weights.json").read_text(encoding="utf-8"))
    (copied / "weights.json").write_text(json.dumps(about | {"middle": middle}), encoding="utf-8")
    strict = LiteParser(LiteSettings(precision="fp32"), folder=copied)

    assert len(strict.parse_crops([crop])[0]) == 0
    assert strict.crops_checksum != LiteParser(LiteSettings(precision="fp32")).crops_checksum


def test_a_damaged_network_for_crops_is_refused(copied: Path) -> None:
    (copied / "crop" / "crop.onnx").write_bytes(b"half of it")

    with pytest.raises(
        ModelError, match=r"\Athe weights of lite are damaged: .*crop\.onnx .*install footfall again\Z"
    ):
        LiteParser(LiteSettings(precision="fp32"), folder=copied)
