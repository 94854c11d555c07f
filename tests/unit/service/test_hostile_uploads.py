"""Uploads that mean harm: each is refused in time, with little memory, wherever it is sent, and nothing of it reaches a path."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import httpx
import pytest
from PIL import Image

from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.service import Running, png_file, running
from tests.unit.service.test_jobs import ended

MOST_MIB = 300
"""Of memory beside what the service has at first; the largest file here would take gigabytes."""

REFUSED = {400, 404, 413, 415, 422}


def _png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _rows_of_nothing(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    return b"".join(packer.compress(row) for _ in range(height)) + packer.flush()


def _lying_png() -> bytes:
    """It says that it is small, and unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1000)) + packer.flush()
    return _png(16, 16, packed)


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
    "a bomb that is one": _png(12_000, 12_000, _rows_of_nothing(12_000, 2_000)),
    "huge by its header": _png(2**31 - 1, 2**31 - 1, b""),
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


@pytest.mark.usefixtures("little_memory")
def test_a_picture_that_unpacks_to_more_than_it_says(service: Running) -> None:
    answer = service.post("/api/parse", files={"image": _lying_png()}, data={"overlay": "none"})
    assert answer.status_code in {200, *REFUSED}


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
