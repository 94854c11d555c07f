"""A picture from a form, and the page that comes back."""

from pathlib import Path

from tests.support.service import png_file, running


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
