"""`footfall demo`: the clip that comes with Footfall, and what it is known to show."""

from pathlib import Path

from cli.exit_codes import ExitCode
from cli.running import run_settings
from cli.speech import Speech
from config import load_settings

CLIP = Path(__file__).with_name("demo.mp4")


def run_demo(out: Path, speech: Speech) -> ExitCode:
    """Run on the clip, with default settings.

    Raises:
        UsageError: The results cannot be written there.
    """
    return run_settings(load_settings(None, {"SOURCE": [CLIP], "--out": out}), speech)
