"""The web page."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

router = APIRouter()

_PAGE = Path(__file__).parents[1] / "static" / "index.html"


@router.get("/", include_in_schema=False)
def page() -> FileResponse:
    """It asks the API for all that it shows, with the key that its user gives it."""
    return FileResponse(_PAGE)
