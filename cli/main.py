"""Entry point of the command `footfall`."""


def main() -> None:
    """Run the command."""
