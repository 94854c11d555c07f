"""Writes the page."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.errors import OutputError
from domain.names import shown_name
from domain.os_errors import is_full
from sinks.report import words
from sinks.report.charts import signal_of
from sinks.report.data import ReportData
from sinks.report.swatches import SWATCHES
from sinks.report.view import view_of
from sinks.staging import Beside, Staging, write_whole

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(path: Path, data: ReportData, staging: Staging | None = None) -> None:
    """Write the report of a run: one file, nothing beside it, nothing fetched when it is opened.

    Names of streams, messages and captions come from users and are escaped. The file appears whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    page = render(data).encode("utf-8", "backslashreplace")
    try:
        write_whole(staging or Beside(), path, page)
    except OSError as error:
        cure = "make room on its disk" if is_full(error) else "choose another folder with --out"
        raise OutputError(f"cannot write {shown_name(path)}: {error.strerror}; {cure}") from error


def render(data: ReportData) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "counted": words.counted,
        "decimal": words.decimal,
        "duration": words.duration,
        "moment": words.moment,
        "number": words.number,
        "percent": words.percent,
        "signal": signal_of,
    }
    template = environment.get_template("report.html.jinja")
    return template.render(report=view_of(data), swatches=SWATCHES)
