r"""Names of files as they are shown.

A file name is bytes: any but NUL and `/`. Most are UTF-8, some are Latin-1 of an old camera, and some hold line ends.
Whatever shows a name (summary, report, events, SQL, logs, errors, terminal) shows it through `shown_name`, so that it is valid text
on one line and nothing in it steers a terminal. What cannot be shown is written as `\xNN`, a byte each, and a backslash as `\\`; so
two names never look alike, and `original_name` (or `printf '%b'` in a shell) gives the name back.
"""

import os
import re
import unicodedata

_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|\\)")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown_name(name: str | os.PathLike[str]) -> str:
    r"""A path on one line of valid text.

    Args:
        name: As Python holds it: what is no UTF-8 stands in it as a surrogate (PEP 383).

    Returns:
        The same with `\xNN` for every byte that is no UTF-8, or part of a character that is not printed (control characters, marks
        of direction, unassigned ones), and `\\` for a backslash.
    """
    return "".join(map(_shown, os.fspath(name)))


def original_name(shown: str) -> str:
    """What `shown_name` was given: `original_name(shown_name(name)) == name` for the name of every file."""
    plain = _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()) if match[1] else b"\\", shown.encode())
    return os.fsdecode(plain)


def _shown(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if unicodedata.category(character) not in _UNSHOWN:
        return character
    return "".join(f"\\x{byte:02x}" for byte in _bytes(character))


def _bytes(character: str) -> bytes:
    try:
        return os.fsencode(character)
    except UnicodeEncodeError:  # half of a surrogate pair, which no name of a file has
        return character.encode("utf-8", "surrogatepass")
