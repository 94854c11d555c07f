"""Keys of callers: random, and known to the settings by their hash alone."""

import hashlib
import secrets

_PREFIX = "ffk_"


def new_key() -> tuple[str, str]:
    """A key of 256 random bits, and its hash for the settings. Random as it is, it needs no slow hash."""
    key = _PREFIX + secrets.token_urlsafe(32)
    return key, hash_of(key)


def hash_of(key: str) -> str:
    """What the settings hold of a key."""
    return f"sha256:{hashlib.sha256(key.encode(errors='surrogateescape')).hexdigest()}"
