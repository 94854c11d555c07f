"""The command, called in this process: faster than a new one, and what it logs stays with the test."""

import sys
from dataclasses import dataclass

import pytest

from cli.main import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call of the command came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Footfall:
    """`footfall ...`"""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Outcome:
        """Call it with these arguments."""
        self.monkeypatch.setattr(sys, "argv", ["footfall", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = self.capsys.readouterr()
        return Outcome(int(ended.value.code or 0), captured.out, captured.err)
