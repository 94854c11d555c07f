"""How much the command says, and to whom: `-v`, `-q` and `--json`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from domain.errors import UsageError

PANEL = "What is said"

Verbose = Annotated[
    bool,
    typer.Option(
        "-v",
        "--verbose",
        help="Log all settings that hold, and what happens inside.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "-q",
        "--quiet",
        help="Say nothing but warnings and errors.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Write JSON to standard output in the place of tables.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Speech:
    """What was asked for.

    Attributes:
        verbose: The log tells more than the settings say.
        quiet: No progress and no tables; the log holds warnings and errors.
        json: What came of it goes to standard output as JSON, and nothing else goes there.

    Raises:
        UsageError: More and less at the same time.
    """

    verbose: bool = False
    quiet: bool = False
    json: bool = False

    def __post_init__(self) -> None:
        if self.verbose and self.quiet:
            raise UsageError("-v and -q contradict each other; give one of them")

    def log_level(self, otherwise: str) -> str:
        """The least important messages to log, where the settings say otherwise."""
        if self.verbose:
            return "debug"
        return "warning" if self.quiet else otherwise
