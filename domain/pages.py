"""Pages of the documentation that are in part generated: each part stands between two lines that are comments."""

from collections.abc import Callable, Mapping

from domain.errors import UsageError


def renewed(page: str, parts: Mapping[str, Callable[[], str]], command: str) -> str:
    """The page with its generated parts as they are now.

    Args:
        page: Markdown.
        parts: What makes each part, by its name.
        command: What renews the page, for whoever reads it.

    Raises:
        UsageError: The page lacks the two lines that a part stands between.
    """
    for name, part in parts.items():
        begin, end = f"<!-- {name}: {command} -->", f"<!-- end of {name} -->"
        head, found, rest = page.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise UsageError(f"the page needs the lines {begin} and {end}; put them where the {name} belong")
        page = f"{head}{begin}\n\n{part()}\n\n{end}{tail}"
    return page
