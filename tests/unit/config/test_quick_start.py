"""Reading settings and helping with the command load nothing that takes long."""

import subprocess
import sys

import pytest

from tests.support.shared_data import ROOT

MEDIA = {"av", "cv2", "supervision"}
ENGINES = {"openvino", "onnxruntime", "torch", "nncf", "scipy"}
STORES = {"kafka", "sqlalchemy", "alembic", "psycopg", "jinja2"}
HEAVY = MEDIA | ENGINES | STORES


def loaded(statement: str) -> set[str]:
    """Top-level modules after it, in a process of its own."""
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "statement",
    [
        "from config import load_settings, resolved; resolved(load_settings(None, {'SOURCE': ['rtsp://cam/1', 'a.mp4']}, {}))",
        "from config.json_schema import settings_schema; settings_schema()",
        "from config.documentation import options, tables; options(); tables()",
        "from config.starting import starting_file; starting_file()",
    ],
)
def test_settings_are_read_without_the_libraries_of_their_components(statement: str) -> None:
    found = loaded(statement)
    assert "pydantic" in found
    assert found & HEAVY == set()


def test_the_help_of_the_command_reads_no_settings() -> None:
    found = loaded(
        "from cli.main import main\nsys.argv = ['footfall', '--help']\ntry:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert "typer" in found
    assert found & (HEAVY | {"pydantic", "numpy"}) == set()
