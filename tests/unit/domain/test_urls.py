import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.urls import encoded_url, host_of, redact_url, shown_location

ODD = string.ascii_letters + string.digits + "@:/#?&%+!$*()[]{}|\\^~=<>'\"äß漢"
PASSWORDS = st.text(ODD, min_size=1, max_size=12).map(lambda text: "Zq9" + text + "Zq9")
USERS = st.text(string.ascii_lowercase, max_size=6)


@given(USERS, PASSWORDS, st.sampled_from(["rtsp", "rtsps", "postgresql+psycopg", "HTTP"]))
def test_no_password_of_any_characters_is_shown(user: str, password: str, scheme: str) -> None:
    url = f"{scheme}://{user}:{password}@camera.example:554/live"
    message = f"cannot open {url}, trying again"

    shown = redact_url(message)

    assert "Zq9" not in shown
    assert shown == f"cannot open {scheme}://***@camera.example:554/live, trying again"


@given(PASSWORDS, PASSWORDS)
def test_every_url_of_a_text_is_hidden(first: str, second: str) -> None:
    shown = redact_url(f"rtsp://a:{first}@one/x,rtsp://b:{second}@two/y and rtsp://c:{first}@three")

    assert shown == "rtsp://***@two/y and rtsp://***@three"


@given(PASSWORDS, st.sampled_from(["", " ", " \t "]))
def test_a_location_may_hold_blanks_too(password: str, blank: str) -> None:
    assert shown_location(f"rtsp://ad{blank}min:{password}{blank}Zq9@camera/live") == "rtsp://***@camera/live"
    assert shown_location(f"clip{blank}@home.mp4") == f"clip{blank}@home.mp4"


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    assert redact_url(redact_url(text)) == redact_url(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://camera/live", "rtsp://camera/live"),
        ("clip.mp4 is fine, mail me@home.example", "clip.mp4 is fine, mail me@home.example"),
        (
            "rtsp://c/live?user=admin&password=hunter2&channel=1",
            "rtsp://c/live?user=admin&password=***&channel=1",
        ),
        ("rtsp://c/user=admin_password=hunter2_channel=1.sdp", "rtsp://c/user=admin_password=***"),
        ("token=abc; next", "token=***; next"),
        ("rtsp://onlyuser@c/live", "rtsp://***@c/live"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert redact_url(text) == shown


@given(USERS, PASSWORDS)
def test_encoding_keeps_host_and_is_stable(user: str, password: str) -> None:
    encoded = encoded_url(f"rtsp://{user}:{password}@camera:8554/live?x=1")

    user_info, at, rest = encoded.removeprefix("rtsp://").partition("@")
    assert (at, rest) == ("@", "camera:8554/live?x=1")
    assert user_info.count(":") == 1
    assert not set(user_info) & set("/#?@ ")
    assert encoded_url(encoded) == encoded


def test_a_url_without_password_stays_as_it_is() -> None:
    assert encoded_url(" rtsp://camera/a%20b ") == "rtsp://camera/a%20b"
    assert encoded_url("clip.mp4") == "clip.mp4"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("rtsp://admin:p@ss/w#rd@10.0.0.5:554/live", "10.0.0.5:554"),
        ("rtsp://[::1]:8554/live", "[::1]:8554"),
        ("rtsps://camera/live", "camera"),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host
