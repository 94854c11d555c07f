"""`python -m cli` is `footfall`."""

from cli.main import main

main()
