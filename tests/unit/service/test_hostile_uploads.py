"""Uploads that mean harm: each is refused in time, with little memory, wherever it is sent, and nothing of it reaches a path."""

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import httpx
import pytest
from PIL import Image

from tests.support import bombs, heif_bombs
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.jobs import ended
from tests.support.service import Running, png_file, running

MOST_MIB = 300
"""Of memory beside what the service has at first; the largest file here would take gigabytes."""

MOST_SECONDS = 5.0
"""Of processor time; making a bomb is not counted."""

REFUSED = {400, 404, 413, 415, 422}


def _rows_of_nothing(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    return b"".join(packer.compress(row) for _ in range(height)) + packer.flush()


def _gif(width: int, height: int) -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\x80\0\0"
        + bytes(6)
        + b",\0\0\0\0"
        + bytes(8)
        + b";"
    )


def _bmp(width: int, height: int) -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 54, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *[0] * 6)
    )


def _zip_in_a_picture() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.txt", "x" * 1_000_000)
    return b"GIF89a" + file.getvalue()


FILES: dict[str, bytes] = {
    "nothing": b"",
    "text": b"hello",
    "a bomb that is one": bombs.png_of(12_000, 12_000, _rows_of_nothing(12_000, 2_000)),
    "huge by its header": bombs.png_of(2**31 - 1, 2**31 - 1, b""),
    "a huge GIF": _gif(65_535, 65_535),
    "a huge BMP": _bmp(2**31 - 1, 2**31 - 1),
    "cut off": png_file()[:60],
    "SVG": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    "HTML that begins as a GIF": b"GIF89a=1;/*<script>alert(1)</script>*/",
    "a ZIP file that begins as a GIF": _zip_in_a_picture(),
    "PDF": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n(/etc/passwd) (r) file\n",
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a list for concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
}
SENT: dict[str, tuple[str, str]] = {
    "/api/parse": ("/api/parse", "image"),
    "/upload": ("/upload", "image"),
    "/api/recolor": ("/api/recolor", "image"),
    "pictures of a job": ("/api/jobs", "image"),
    "recording of a job": ("/api/jobs", "recording"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("hostile"), works=True, max_body_bytes=4 << 20) as started:
        assert started.post("/api/parse", files={"image": png_file()}).status_code == 200
        yield started


def memory(of: str) -> float:
    found = re.search(rf"{of}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


@pytest.fixture
def little_memory() -> Iterator[None]:
    before = memory("VmRSS")
    # The highest value begins anew.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    yield
    assert memory("VmHWM") - before < MOST_MIB


@pytest.mark.parametrize("way", SENT)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("little_memory")
def test_files_that_are_refused(service: Running, way: str, name: str) -> None:
    path, field = SENT[way]
    options = {"part": "hat", "color": "red"} if path == "/api/recolor" else {}
    answer = service.client.post(path, files={field: FILES[name]}, data=options)
    # Those whose header alone is read before they are taken fail later.
    if answer.status_code == 303:
        assert failed_later(service, answer.headers["location"].rpartition("/")[2]) == 1003
        return
    told = answer.json()
    if answer.status_code == 202:
        assert failed_later(service, told["data"]["id"]) in {1003, 1004}
    else:
        assert (answer.status_code in REFUSED, told["data"]) == (True, None), told


def failed_later(service: Running, job_id: str) -> int:
    found = ended(service, job_id)
    if found["problem"]:
        return int(found["problem"]["code"])
    return int(service.get(found["files"][0]["url"]).json()[0]["code"])


BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG that unpacks to a gigabyte": bombs.lying_png,
    "PNG of a million chunks": lambda: bombs.png_in_crumbs(3_000_000),
    "JPEG of thousands of scans": lambda: bombs.jpeg_of_scans(5000, 2000),
    "JPEG of millions of comments": lambda: bombs.jpeg_in_crumbs(900_000),
    "TIFF in a huge tile": lambda: bombs.tiff_in_a_tile(12_000),
    "TIFF whose tags hold the same": lambda: bombs.tags_over_one_another(2000, 1 << 20),
    "TIFF in a huge tile, as large files are": lambda: bombs.big_tiff_in_a_tile(20_000),
    "WebP that is huge by its header": bombs.webp_that_lies,
    "GIF that is larger than it says": lambda: bombs.gif_that_lies(8000),
    "BMP of runs that end": lambda: bombs.bmp_in_runs(6000),
    "AVIF of millions of pictures": lambda: bombs.avif_of_many(500_000_000),
    "HEIC of hundreds of layers": lambda: heif_bombs.heic_of_layers(900, 1024),
    "HEIC of layers of layers": lambda: heif_bombs.heic_of_layers_of_layers(25, 7),
    "HEIC of tiles that are larger than it is": lambda: heif_bombs.heic_of_tiles(16, 16, 512, 64),
}
TAKEN: dict[str, Callable[[], bytes]] = {
    "PNG with a packed profile": lambda: bombs.png_with(b"iCCP", 1, behind=False),
    "PNG with packed texts": lambda: bombs.png_with(b"zTXt", 500, behind=False),
    "PNG with packed texts behind": lambda: bombs.png_with(b"zTXt", 500, behind=True),
    "PNG with packed texts of the world behind": lambda: bombs.png_with(b"iTXt", 500, behind=True),
    "GIF of thousands of pictures": lambda: bombs.gif_of_many(2000, 500),
    "WebP of hundreds of pictures": lambda: bombs.webp_of_many(2000, 300),
    "AVIF that is smaller than it says": lambda: bombs.avif_that_lies(1024),
}
"""What hurts is left out, or costs no more than one picture does."""


@pytest.mark.parametrize("name", [*BOMBS, *TAKEN])
@pytest.mark.usefixtures("little_memory")
def test_small_pictures_that_ask_for_much(service: Running, name: str) -> None:
    data = {**BOMBS, **TAKEN}[name]()
    assert len(data) < 4 << 20
    began = time.process_time()
    answer = service.post("/api/parse", files={"image": data}, data={"overlay": "none"})
    assert answer.status_code in (REFUSED if name in BOMBS else {200, *REFUSED}), answer.text
    # Of this process, which is the service, too; each took minutes or gigabytes before.
    assert time.process_time() - began < MOST_SECONDS


@pytest.mark.usefixtures("little_memory")
def test_small_recordings_that_ask_for_much(service: Running, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(10, 10)).read_bytes()
    for data in (
        bombs.mp4_of_many(clip, 150_000_000),
        bombs.mp4_of_fragments(clip, 100_000_000),
        bombs.mp4_packed(1500),
    ):
        answer = service.post("/api/jobs", files={"recording": data})
        if answer.status_code == 202:
            problem = ended(service, answer.json()["data"]["id"])["problem"]
            assert problem is None or problem["code"] != 1500
        else:
            assert (answer.status_code, answer.json()["code"]) == (415, 1003)


@pytest.mark.parametrize(
    "path", ["/api/streams", "/api/streams/door", "/api/models", "/api/parse", "/api/jobs"]
)
@pytest.mark.parametrize("depth", [100, 900, 100_000])
def test_deep_json(service: Running, path: str, depth: int) -> None:
    for opened, closed in ("[]", ('{"a":', "}")):
        deep = opened * depth + "1" + closed * depth
        source = f'{{"kind": "rtsp", "url": {deep}}}'
        body = f'{{"id": "door", "source": {source}, "analytics": {deep}, "image": {deep}, "name": {deep}}}'
        answer = service.client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 403, 404, 422}, answer.text
        assert 1000 < answer.json()["code"] < 1500


@pytest.mark.usefixtures("little_memory")
def test_ten_thousand_headers(service: Running) -> None:
    headers = [(f"x-header-{number}", "x" * 50) for number in range(10_000)]
    try:
        answer = service.get("/healthz", headers=headers)
    except httpx.HTTPError:
        # It may close the connection while we still send.
        pass
    else:
        assert answer.status_code in {400, 431}
    assert service.get("/healthz").status_code == 200


def test_what_hides_in_a_picture_is_not_handed_out(service: Running) -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 32)).save(file, "JPEG", comment=b"<script>alert(1)</script>")
    answer = service.post("/api/parse", files={"image": file.getvalue() + b"<script>alert(2)</script>"})
    made = service.get(answer.json()["data"]["colored_mask_url"])
    assert b"<script>" not in made.content
    assert made.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["../../../evil.png", "/etc/evil.png", "..\\evil.png", "evil\0.png", "x" * 5000, ""]
)
def test_names_of_files_reach_no_path(service: Running, name: str) -> None:
    for path in ("/api/parse", "/api/jobs"):
        answer = service.client.post(
            path, files={"image": (name or "x", png_file())}, data={"overlay": "none"}
        )
        assert answer.status_code in {200, 202, 400}
    folder = service.service.jobs.folder.parent.parent
    assert not [found for found in folder.parent.rglob("*evil*") if found.is_file()]


@pytest.mark.parametrize(
    "path",
    ["/api/results/..%2f..%2fservice.db", "/api/results/%2e%2e%2fservice.db", "/static/../service.db", "/static/..%2fapp.py",
     "/api/jobs/..%2f..", "/api/jobs/%00", "/jobs/..%2f..%2fetc%2fpasswd", "/static/%2e%2e/app.py"],
)  # fmt: skip
def test_addresses_reach_no_path(service: Running, path: str) -> None:
    answer = httpx.get(str(service.client.base_url) + path)
    assert b"SQLite format" not in answer.content
    assert b"make_app" not in answer.content
    assert answer.status_code in {200, 404}
    assert answer.status_code == 404 or "job.js" in answer.text


@pytest.mark.parametrize("path", ["/api/parse", "/batch/parse", "/upload", "/api/jobs", "/api/recolor"])
@pytest.mark.usefixtures("little_memory")
def test_ten_thousand_fields(service: Running, path: str) -> None:
    fields = {f"field{number}": "x" for number in range(10_000)}
    for request in (
        {"data": fields},
        {"data": fields, "files": {"image": png_file()}},
        {"json": {**fields, "image": "AAAA"}},
        {"files": [(f"file{number}", b"x") for number in range(10_000)]},
    ):
        answer = service.client.post(path, **request)
        assert (answer.status_code, answer.json()["code"]) in {(400, 1001), (413, 1002), (413, 1005)}


@pytest.mark.parametrize("path", ["/api/parse", "/batch/parse", "/upload", "/api/jobs"])
@pytest.mark.parametrize(
    "kind", ["image/png", "video/mp4", "application/json", "multipart/form-data; boundary=x"]
)
def test_slow_bodies(tmp_path: Path, path: str, kind: str) -> None:
    done = Event()

    def slowly() -> Iterator[bytes]:
        # httpx looks for an answer when all is sent.
        for _ in range(40):
            done.wait(0.05)
            yield b"--x\r\n" if kind.startswith("multipart") else b"x"

    with running(tmp_path, body_timeout_s=0.3, jobs={"upload_timeout_s": 0.3}) as service:
        try:
            answer = service.client.post(path, content=slowly(), headers={"content-type": kind})
        except httpx.HTTPError:
            # It may close the connection while we still send.
            return
        finally:
            done.set()
        assert (answer.status_code, answer.json()["code"]) in {(408, 1006), (400, 1001)}


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda clip: clip[: len(clip) // 2],
    "nothing behind its beginning": lambda clip: clip[:400] + bytes(len(clip) - 400),
    "a coding that nobody knows": lambda clip: clip.replace(b"avc1", b"xxxx"),
    "twice": lambda clip: clip + clip,
    "backwards": lambda clip: clip[::-1],
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
@pytest.mark.usefixtures("little_memory")
def test_recordings_that_are_spoiled(
    service: Running, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    for ending, codec in (("mp4", "libx264"), ("avi", "mjpeg"), ("ts", "libx264")):
        pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        clip = write_clip(tmp_path / f"clip.{ending}", steady(10, 10), ClipOptions(codec, pixels))
        answer = service.client.post("/api/jobs", files={"recording": spoil(clip.read_bytes())})
        assert answer.status_code in {202, 415}
        if answer.status_code == 202:
            job_id = answer.json()["data"]["id"]
            problem = ended(service, job_id)["problem"]
            assert problem is None or problem["code"] != 1500
