"""A picture from a form, and the page that comes back."""

from pathlib import Path

from tests.support.clips import steady, write_clip
from tests.support.service import png_file, running
from tests.support.waiting import eventually


def test_the_result_is_a_page_that_needs_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        page = service.post("/upload", files={"image": png_file()})
        assert page.headers["content-type"].startswith("text/html")
        assert "<h1>1 person</h1>" in page.text
        assert 'src="data:image/jpeg;base64,' in page.text
        assert "upper-clothes" in page.text
        solid = service.post("/upload", files={"image": png_file()}, data={"overlay": "solid"})
        assert solid.text != page.text
        refused = service.post("/upload", files={"image": b"<script>alert(1)</script>"})
        assert (refused.status_code, refused.json()["code"]) == (415, 1003)
        nothing = service.post("/upload", files={"image": png_file()}, data={"overlay": "none"})
        assert nothing.json()["code"] == 1001


def test_a_recording_becomes_a_job_with_a_page_whatever_its_field_is_called(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(20, 10)).read_bytes()
    with running(tmp_path, works=True, max_body_bytes=4096) as service:
        for request in (
            {"files": {"image": ("picture.jpg", clip, "image/jpeg")}, "data": {"fps": "2"}},
            {"files": {"recording": clip}},
            {"content": clip, "headers": {"content-type": "video/mp4"}},
            {"content": clip, "headers": {"content-type": "application/octet-stream"}},
        ):
            answer = service.post("/upload", **request)
            assert answer.status_code == 303, answer.text
            page = service.get(answer.headers["location"])
            assert "/static/job.js" in page.text
            assert "media-src 'self' blob:" in page.headers["content-security-policy"]
        ids = [job["id"] for job in service.get("/api/jobs").json()["data"]["jobs"]]
        assert answer.headers["location"] == f"/jobs/{ids[0]}"
        eventually(lambda: len(service.get("/api/jobs?state=done").json()["data"]["jobs"]) == 4, within_s=60)
        two = service.post("/upload", files=[("image", png_file()), ("image", clip)])
        assert (two.status_code, two.json()["code"]) == (400, 1001)
        neither = service.post("/upload", files={"image": b"hello"}).json()["message"]
        assert "no recording" in neither
        assert "nor is it a picture" in neither
        nothing = service.post("/upload", files={"image": b"#EXTM3U"})
        assert (nothing.status_code, nothing.json()["code"]) == (415, 1003)
