"""Every command, each parser and executor, watched: whom a process talks to, and what it writes, in a home folder that is new.

What counts is what was tried. A machine without a network sees the same. Under the watch nothing takes as long as to import, so
commands of a kind share that: each is a process of its own, which begins where all has been imported.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

import cv2
import numpy as np
import pytest

from pipeline.parsers.m2fp.store import ModelStore
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.extras import extra
from tests.support.system_calls import Seen, there, watch

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not there(), reason="strace is not installed, or may not trace here"),
]

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "m2fp"
FOOTFALL = Path(sys.executable).with_name("footfall")
DRAWN = "synthetic:?persons=1&seconds=1&size=192x108"
EACH = """
import json, os, sys
import cli.main, pipeline.assembly
for arguments in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        sys.argv = ["footfall", *arguments]
        sys.exit(cli.main.main())
    print("ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
SYSTEM = ("/dev", "/proc/self", "/proc/thread-self")
IMAGE = dict(
    re.findall(
        r"^(?:ENV)? +(?P<name>[A-Z]+)=(?P<value>[^ $\\\n]+)(?: \\)?$",
        (ROOT / "Dockerfile").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)


@dataclass
class Place:
    """A user with an empty home, standing in an empty folder."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def cache(self) -> Path:
        """The one that `docs/commands.md` names."""
        return self.home / ".cache" / "footfall"

    def run(self, *command: str | Path, user: int | None = None) -> Seen:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.scratch),
            "PYTHONDONTWRITEBYTECODE": "1",  # else Python caches what it reads, beside it, where it may
            **self.env,
        }
        return watch(command, self.folder / "notes", cwd=self.work, env=env, user=user)

    def run_each(self, commands: Sequence[Sequence[str | Path]]) -> tuple[Seen, list[int]]:
        """What `footfall` does with each of these arguments, all together, and how each ended."""
        arguments = json.dumps([list(map(str, command)) for command in commands])
        seen = self.run(sys.executable, "-c", EACH, arguments)
        codes = list(map(int, re.findall(r"^ended with (-?\d+)$", seen.output, re.MULTILINE)))
        assert (seen.code, len(codes)) == (0, len(commands)), seen.output
        return seen, codes

    def settings(self, text: str, name: str = "footfall") -> Path:
        path = self.work / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    for folder in (place.home, place.work, place.scratch):
        folder.mkdir()
    return place


def check(seen: Seen, place: Place, *, code: int = 0, writes_in: Iterable[Path] = ()) -> None:
    """It ended so, talked to nobody, wrote there only, and left nothing in the scratch folder."""
    assert seen.code == code, seen.output
    assert talked(seen) == []
    allowed = [place.scratch, *writes_in, *map(Path, SYSTEM)]
    assert [path for path in seen.written if not any(path.is_relative_to(one) for one in allowed)] == []
    assert list(place.scratch.iterdir()) == []


def talked(seen: Seen) -> list[str]:
    """Whom else than the kernel and the cache of user names."""
    return [peer for peer in seen.peers if "AF_NETLINK" not in peer and "nscd" not in peer]


def test_the_watch_sees_what_it_is_for(place: Place) -> None:
    program = (
        "import pathlib, socket, threading\n"
        "def talk():\n"
        "    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))\n"
        "    socket.socket().connect_ex(('127.0.0.2', 9))\n"
        "    pathlib.Path.home().joinpath('a \"b\" \\u00e9').write_text('')\n"
        "    pathlib.Path('c').mkdir()\n"
        "    pathlib.Path('/proc/version').read_bytes()\n"
        "thread = threading.Thread(target=talk); thread.start(); thread.join()\n"
    )
    seen = place.run(sys.executable, "-c", program)

    assert [re.findall(r"127\.0\.0\.\d", peer) for peer in talked(seen)] == [["127.0.0.1"], ["127.0.0.2"]]
    assert seen.written == (place.home / 'a "b" \u00e9', place.work / "c")


def test_a_command_that_stores_nothing_writes_nothing(place: Place) -> None:
    ends = {
        ("--help",): 0,
        ("--version",): 0,
        ("run", "--help"): 0,
        ("run", "no-such-file.mp4"): 2,
        ("models", "list"): 0,
        ("models", "verify", "m2fp"): 2,
        ("models", "remove", "m2fp"): 0,
        ("models", "fetch", "m2fp", "--yes", "--from", "no-such-file.pt"): 2,
    }
    seen, codes = place.run_each(list(ends))

    assert dict(zip(ends, codes, strict=True)) == ends, seen.output
    check(seen, place)


def test_check_config_and_migrate(place: Place) -> None:
    file = place.settings(
        f"cameras: [{{id: door, source: 'rtsp://127.0.0.1:9/'}}]\nsql: {{url: 'sqlite:///{place.work}/a.db'}}\n"
    )

    check(place.run(FOOTFALL, "check-config", file), place)
    check(place.run(FOOTFALL, "migrate", f"sqlite:///{place.work}/b.db"), place, writes_in=[place.work])


def test_demo(place: Place) -> None:
    check(place.run(FOOTFALL, "demo", "--out", "out"), place, writes_in=[place.work / "out"])


@pytest.mark.parametrize("executor", ["openvino", "onnxruntime"])
def test_a_run_with_each_parser_and_executor(place: Place, executor: str) -> None:
    ModelStore(place.cache / "models" / "m2fp").add("3f2a9c0d51b7" + "0" * 52, "x", tiny_m2fp)
    files = [
        place.settings(f"parser: {{name: {parser}, executor: {executor}}}\n", parser)
        for parser in ("lite", "lite-cc0", "m2fp")
    ]
    seen, codes = place.run_each(
        [("run", DRAWN, "--config", file, "--out", file.with_suffix(""), "--masks") for file in files]
    )

    assert codes == [0, 0, 0], seen.output
    check(seen, place, writes_in=[*(file.with_suffix("") for file in files), place.cache])


def tiny_m2fp(folder: Path) -> None:
    for name in ("network.xml", "network.bin", "network.onnx"):
        copyfile(GOLDEN / name, folder / name)


@pytest.mark.training
def test_models_are_fetched_and_quantised(place: Place) -> None:
    """With torch, ONNX and NNCF; a checkpoint of another shape is refused after all of it was loaded."""
    for package in ("torch", "onnx", "nncf"):
        extra(package)
    store = ModelStore(place.cache / "models" / "m2fp")
    store.add("3f2a9c0d51b7" + "0" * 52, "x", tiny_m2fp)
    clip = write_clip(place.work / "clip.mp4", steady(8, 5), ClipOptions(size=(96, 64)))
    small = ("--short-edge", "320", "--frames", "4", "--least-agreement", "0")

    fetched = place.run(FOOTFALL, "models", "fetch", "m2fp", "--yes", "--from", GOLDEN / "pytorch_model.pt")
    quantised = place.run(FOOTFALL, "models", "quantize", "m2fp", "--on", clip, *small)

    assert "is not the checkpoint" in fetched.output or "does not fit" in fetched.output, fetched.output
    check(fetched, place, code=2, writes_in=[place.cache])
    check(quantised, place, writes_in=[place.cache])


def test_a_run_on_a_recording_and_a_folder_of_pictures(place: Place) -> None:
    clip = write_clip(place.work / "clip.mp4", steady(5, 5), ClipOptions(size=(96, 64)))
    pictures = place.work / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "1.jpg"), np.zeros((64, 96, 3), np.uint8))

    seen, codes = place.run_each(
        [
            ["run", clip, pictures, "--precision", precision, "--out", precision]
            for precision in ("fp32", "auto")
        ]
    )

    assert codes == [0, 0], seen.output
    check(seen, place, writes_in=[place.work / "fp32", place.work / "auto"])


def test_the_python_interface(place: Place) -> None:
    program = (
        "from contextlib import ExitStack\n"
        "from config import load_settings\n"
        "from pipeline.assembly import assemble\n"
        f"settings = load_settings(None, {{'SOURCE': ['{DRAWN}'], '--out': 'out'}})\n"
        "with ExitStack() as undo:\n"
        "    assembled = assemble(settings, undo)\n"
        "    undo.pop_all()\n"
        "from threading import Event\n"
        "result = assembled.runtime.run(Event(), lambda _streams: None)\n"
        "assert result.streams[0].frames_parsed == 5, result\n"
    )
    check(place.run(sys.executable, "-c", program), place, writes_in=[place.work / "out"])


@pytest.mark.parametrize(
    "module", ["pipeline.parsers", "pipeline.parsers.runtime", "pipeline.assembly", "cli.main"]
)
def test_openvino_and_nncf_imported_after_any_module_of_ours(place: Place, module: str) -> None:
    """Also by somebody who uses them beside Footfall, in one process."""
    program = (
        f"import importlib, {module}, pipeline.parsers\n"
        "import openvino.tools.ovc\n"
        "if importlib.util.find_spec('nncf'): import nncf\n"
    )
    check(place.run(sys.executable, "-c", program), place)


def test_the_image(place: Place) -> None:
    """Its variables, its user where this one may become it, and a home that cannot be written."""
    assert IMAGE["PYTHONDONTWRITEBYTECODE"] == "1"
    place.env = {name: value for name, value in IMAGE.items() if name != "PATH"}
    place.home.chmod(0o555)
    user = None
    if os.geteuid() == 0 and readable_for_others(ROOT) and readable_for_others(place.folder):
        user = 10001
        for folder in (place.folder, place.work, place.scratch):
            os.chown(folder, user, user)

    seen = place.run(FOOTFALL, "run", DRAWN, "--out", "out", user=user)

    check(seen, place, writes_in=[place.work / "out"])


def readable_for_others(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o005 == 0o005 for path in (folder, *folder.parents))


NESTED: dict[str, str] = {
    "hls.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
    "hls.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
    "key.m3u8": '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="tcp://127.0.0.1:9"\n#EXTINF:1,\nclip.ts\n'
    "#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile 'http://127.0.0.1:9/a.mp4'\n",
    "list.mp4": "ffconcat version 1.0\nfile 'tcp://127.0.0.1:9'\n",
    "session.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "dash.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S">'
    '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
    "<BaseURL>http://127.0.0.1:9/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "windows.asx": '<asx><entry><ref href="http://127.0.0.1:9/a.wmv"/></entry></asx>',
}


def test_a_recording_that_names_an_address_is_not_followed(place: Place) -> None:
    for name, text in NESTED.items():
        (place.work / name).write_text(text, encoding="utf-8")

    seen, codes = place.run_each([["run", place.work / name, "--out", f"{name}.out"] for name in NESTED])

    assert talked(seen) == []
    assert set(codes) <= {2, 3}, seen.output
    assert "Traceback" not in seen.output


def test_a_run_talks_to_what_it_was_told_and_to_nobody_else(place: Place) -> None:
    kafka = ["--kafka", "127.0.0.1:9"]
    sql = ["--sql", "postgresql://user:secret@127.0.0.1:11/footfall"]
    seen, _ = place.run_each(
        [["run", DRAWN, "--out", f"out{number}", *more] for number, more in enumerate((kafka, sql))]
    )

    assert "Traceback" not in seen.output
    told = [
        [peer for peer in talked(seen) if f"htons({port})" in peer and "127.0.0.1" in peer]
        for port in (9, 11)
    ]
    assert all(told), talked(seen)
    assert len(talked(seen)) == sum(map(len, told)), talked(seen)
