import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.urls import Address, encoded_url, host_of, redact_url, shown_location

MARK = "Zq9"
ODD = string.ascii_letters + string.digits + "@:/#?&%+!$*()[]{}|\\^~=<>'\"äß漢"
# Every part of the password bears the mark, so none of them may be shown, whichever odd character is taken for its end.
PASSWORDS = st.lists(st.text(ODD, max_size=5), min_size=1, max_size=4).map(
    lambda parts: "".join(MARK + part for part in parts) + MARK
)
USERS = st.text(string.ascii_lowercase, max_size=6)
HOSTS = st.sampled_from(["camera", "camera.example", "192.0.2.10", "[2001:db8::1]", "localhost", "db"])
PORTS = st.sampled_from(["", ":554", ":5432"])


@given(USERS, PASSWORDS, st.sampled_from(["rtsp", "rtsps", "postgresql+psycopg", "http"]), HOSTS, PORTS)
def test_no_part_of_a_password_is_shown(user: str, password: str, scheme: str, host: str, port: str) -> None:
    url = f"{scheme}://{user}:{password}@{host}{port}/live"
    assert MARK not in redact_url(f"cannot open {url}, trying again")
    assert MARK not in shown_location(url)
    assert MARK not in host_of(url)
    assert MARK not in repr(Address.parse(url))


@given(USERS, PASSWORDS, st.sampled_from(["camera.example:554", "192.0.2.10", "[2001:db8::1]:8554"]))
def test_what_surely_is_the_host_is_shown(user: str, password: str, host: str) -> None:
    url = f"rtsp://{user}:{password}@{host}/live"
    assert (
        redact_url(f"cannot open {url}, trying again") == f"cannot open rtsp://***@{host}/live, trying again"
    )
    assert host_of(url) == host


@given(USERS, PASSWORDS, HOSTS, PORTS)
def test_a_password_is_read_as_it_was_typed_or_encoded(
    user: str, password: str, host: str, port: str
) -> None:
    encoded = encoded_url(f"rtsp://{user}:{password}@{host}{port}/live?x=1")
    address = Address.parse(encoded)
    assert encoded_url(encoded) == encoded
    assert (address.netloc, address.path, address.query) == (f"{host}{port}", "/live", "x=1")
    if "%" not in password:
        assert (address.user, address.password) == (user, password)


@given(st.binary(min_size=1, max_size=12))
def test_a_password_of_any_bytes_may_be_encoded(password: bytes) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in password)
    address = Address.parse(f"rtsp://admin:{encoded}@camera.example/live")
    assert (address.password or "").encode("utf-8", "surrogateescape") == password
    assert Address.parse(address.encoded()) == address


@given(PASSWORDS, PASSWORDS)
def test_every_url_of_a_text_is_hidden(first: str, second: str) -> None:
    shown = redact_url(f"rtsp://a:{first}@one/x,rtsp://b:{second}@two/y and rtsp://c:{first}@three")
    assert MARK not in shown
    assert " and rtsp://***" in shown


@given(PASSWORDS, st.sampled_from(["", " ", " \t "]))
def test_a_location_may_hold_blanks_too(password: str, blank: str) -> None:
    url = f"rtsp://ad{blank}min:{password}{blank}Zq9@camera.example/live"
    assert shown_location(url) == "rtsp://***@camera.example/live"
    assert shown_location(f"clip{blank}@home.mp4") == f"clip{blank}@home.mp4"


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    assert redact_url(redact_url(text)) == redact_url(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://camera/live", "rtsp://camera/live"),
        ("clip.mp4 is fine, mail me@home.example", "clip.mp4 is fine, mail me@home.example"),
        ("rtsp://c/live?user=admin&password=hunter2&channel=1", "rtsp://c/***"),
        ("rtsp://c/user=admin_password=hunter2_channel=1.sdp", "rtsp://c/***"),
        ("rtsp://c/cam/realmonitor?channel=1&subtype=0", "rtsp://c/cam/realmonitor?channel=1&subtype=0"),
        ("rtsps://nvr:7441/5nPr7RCmueGTKMP7?enableSrtp", "rtsps://nvr:7441/***"),
        ("rtsp://c/live/hunter2", "rtsp://c/***"),
        ("rtsp://c/h264Preview_01_main", "rtsp://c/h264Preview_01_main"),
        ("rtsp://c/Streaming/Channels/101", "rtsp://c/Streaming/Channels/101"),
        ("token=abc; next", "token=***; next"),
        ("host=db password='a b\\' c' user=me", "host=db password=*** user=me"),
        ("rtsp://onlyuser@c/live", "rtsp://***@c/live"),
        ("rtsp://admin:hunter2", "rtsp://***"),
        ("see https://example.org/a/b?page=2", "see https://example.org/a/b?page=2"),
        ("sqlite:////data/a@b.db", "sqlite:////data/a@b.db"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert redact_url(text) == shown


@pytest.mark.parametrize(
    ("url", "host", "password"),
    [
        ("rtsp://admin:p@ss/w#rd@10.0.0.5:554/live", "10.0.0.5:554", "p@ss/w#rd"),
        ("rtsp://[::1]:8554/live", "[::1]:8554", None),
        ("rtsps://camera/live", "camera", None),
        # The @ stands in the path or the query: with a number, an option or without any password that is plain to see.
        ("rtsp://admin:x@10.0.0.5/live@2", "10.0.0.5", "x"),
        ("postgresql://me:x@db/stats?sslrootcert=/etc/a@b.pem", "db", "x"),
        ("rtsp://camera/live@2", "camera", None),
        ("postgresql:///stats?host=/run/a@b", "", None),
        # Nobody can tell: it is taken for the password, and the host is not shown.
        ("rtsp://admin:a@b/c@camera/live", "camera", "a@b/c"),
    ],
)
def test_where_the_password_ends(url: str, host: str, password: str | None) -> None:
    address = Address.parse(url)
    assert (address.netloc, address.password) == (host, password)


def test_a_host_that_may_be_a_part_of_the_password_is_not_shown() -> None:
    assert shown_location("rtsp://admin:a@b/c@camera/live") == "rtsp://***"
    assert host_of("rtsp://admin:a@b/c@camera/live") == "***"
    assert host_of("rtsp://admin:hunter2") == "***"


@pytest.mark.parametrize(
    "wrong",
    [
        "camera/live",
        "rtsp://cam:0/x",
        "rtsp://cam:70000/x",
        "rtsp://[::z]/x",
        "rtsp://a\nb/",
        "rtsp://c/" + "x" * 5000,
    ],
)
def test_what_is_no_address_is_refused_without_quoting_it(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^must (be an address|name a host)") as caught:
        Address.parse(wrong)
    assert "cam" not in str(caught.value)


def test_a_url_without_password_stays_as_it_is() -> None:
    assert encoded_url(" rtsp://camera/a%20b ") == "rtsp://camera/a%20b"
    assert encoded_url("clip.mp4") == "clip.mp4"


def test_nothing_in_a_path_ends_a_line_of_the_protocol() -> None:
    assert encoded_url("rtsp://camera/a b\tc") == "rtsp://camera/a%20b%09c"
