"""The command `footfall`, also as `python -m footfall`."""

import sys

from footfall.own_packages import ForeignPackageError, foreign_package, require_own_packages

_USAGE = 2
"""The exit code of a mistake that the user can mend (`cli.exit_codes`, which cannot be imported before it is known to be ours)."""


def main() -> None:
    """Run the command.

    Where a package of somebody else stands in front of one of Footfall's, one line says so.
    """
    try:
        require_own_packages()
        from cli.main import main as run  # noqa: PLC0415 - whose it is has been looked at
    except ImportError as error:
        problem = error if isinstance(error, ForeignPackageError) else foreign_package(error)
        if problem is None:
            raise
        print(f"footfall: {problem}", file=sys.stderr)  # noqa: T201 - the command's own voice
        sys.exit(_USAGE)
    run()


if __name__ == "__main__":
    main()
