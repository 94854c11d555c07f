"""Addresses of table stores in messages."""

from urllib.parse import quote, quote_plus

from domain.errors import OutputError
from domain.stores import StoreAddress


def parse(address: str) -> StoreAddress:
    """What a user wrote.

    Raises:
        OutputError: It is malformed or names a database that Footfall does not know. The password is not in the message.
    """
    try:
        return StoreAddress.parse(address)
    except ValueError as error:
        raise OutputError(f"the address of the SQL database {error}") from None


def reason(error: BaseException, store: StoreAddress) -> str:
    """The first line of what the driver says, without the password."""
    lines = str(error).strip().splitlines()
    text = " ".join((lines[0] if lines else type(error).__name__).split())
    for secret in sorted(_secrets(store), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(store: StoreAddress) -> set[str]:
    plain = {value for value in (store.password, store.options.get("sslpassword")) if value}
    # What was taken for the host may be the end of the password.
    if not store.certain:
        plain |= {host for host, _ in store.hosts}
    return {
        form for value in plain for form in (value, quote(value), quote(value, safe=""), quote_plus(value))
    }
