"""Names of files that are made from names of streams and pictures."""

import unicodedata
from hashlib import blake2b

_UNSAFE = frozenset("/\\%")
_LONGEST = 255
"""Bytes that a file name may have, on every file system that is common today."""


def file_name(text: str, *, room: int = 0) -> str:
    """A name that is safe as one part of a path; different texts give different names.

    One that would be too long is cut, and `~` and 16 digits of a BLAKE2b hash of the whole text stand for the rest.

    Args:
        text: Any. Bytes of a file's name that are no UTF-8 may stand in it as `os.fsdecode` writes them; they stay what they are.
        room: Bytes to leave free for what the caller puts behind it.
    """
    safe = "".join(f"%{ord(c):02X}" if _is_unsafe(c) else c for c in text)
    safe = safe.replace(".", "%2E", 1) if safe.startswith(".") else safe or "%"
    if len(_bytes(safe)) <= _LONGEST - room:
        return safe
    ending = f"~{blake2b(_bytes(safe), digest_size=8).hexdigest()}"
    kept = safe[: _LONGEST - room]
    while len(_bytes(kept)) > _LONGEST - room - len(ending):
        kept = kept[:-1]
    return f"{kept}{ending}"


class DistinctNames:
    """Makes file names of which no two are the same file, not even where letter case or the form of Unicode does not count.

    Args:
        room: Bytes to leave free for what the caller puts behind each.
    """

    def __init__(self, *, room: int) -> None:
        self._room = room
        self._taken: set[str] = set()

    def name(self, text: str, number: str) -> str:
        """A name that no other call has got: the text itself as long as it is free, else with the number behind it."""
        name, ending = file_name(text, room=self._room), ""
        while folded(name) in self._taken:
            ending += f"_{number}"
            name = f"{file_name(text, room=self._room + len(ending))}{ending}"
        self._taken.add(folded(name))
        return name


def folded(name: str) -> str:
    """What two names have in common that are the same file where letter case and the form of Unicode do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _is_unsafe(c: str) -> bool:
    code = ord(c)
    # A surrogate outside of DC80 to DCFF stands for no byte, so no file system has a name with it.
    return c in _UNSAFE or code < 32 or 0xD800 <= code < 0xDC80 or 0xDCFF < code < 0xE000


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
