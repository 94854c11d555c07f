"""Addresses that may carry a password, made fit to be shown."""

import re
from urllib.parse import quote, unquote, urlsplit

HIDDEN = "***"
"""What stands in the place of what must not be shown."""

# A user or password may itself hold "@", "/" or "://", typed as they are: everything up to the last "@" before the next blank is
# taken for it. Where an "@" stands in a path, or no blank between two addresses, too much is hidden; better than too little.
_USER_INFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.\-]*://)\S*@", re.IGNORECASE)
# Cameras also take `?user=admin&password=x`, and some `/user=admin_password=x_channel=1.sdp`.
_PARAMETER = re.compile(
    r"(?P<name>(?:password|passwd|passphrase|pass|pwd|secret|token|apikey|api_key|auth)=)[^&;\s\"'<>]*",
    re.IGNORECASE,
)


def redact_url(text: str) -> str:
    """Hide user and password of every URL in a text, and the value of every parameter that is named like a password.

    Args:
        text: A message in which URLs occur. A blank ends a URL; for a URL as a user typed it there is `shown_location`.

    Returns:
        The text with `***` in their place. What is already hidden stays as it is.
    """
    hidden = _USER_INFO.sub(rf"\g<scheme>{HIDDEN}@", text)
    return _PARAMETER.sub(rf"\g<name>{HIDDEN}", hidden)


def shown_location(location: str) -> str:
    """The name of a source, a store or a server as a whole, fit to be shown: here user and password may hold blanks too."""
    return redact_url(encoded_url(location)) if "://" in location else location


def encoded_url(url: str) -> str:
    """The same URL with every odd character of its user and password percent-encoded, as URL parsers need it.

    Args:
        url: A URL whose user and password may be typed as they are (`rtsp://admin:p@ss/1@camera`) or percent-encoded.

    Returns:
        An equivalent URL; one without user and password comes back unchanged.
    """
    scheme, separator, rest = url.strip().partition("://")
    user_info, at, host = rest.rpartition("@")
    if not separator or not at:
        return url.strip()
    user, colon, password = user_info.partition(":")
    return f"{scheme}://{_encoded(user)}{colon}{_encoded(password)}@{host}"


def host_of(url: str) -> str:
    """Host and, where it is given, port of a URL: what a message may name. Never user or password."""
    return urlsplit(encoded_url(url)).netloc.rpartition("@")[2]


def _encoded(part: str) -> str:
    return quote(unquote(part), safe="")
