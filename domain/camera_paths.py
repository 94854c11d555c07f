"""Which paths of cameras may be shown.

The path of a camera's address often is its key: `rtsps://nvr:7441/5nPr7RCmueGTKMP7`, `rtsp://cam/live/SECRET`. Nobody can tell such
a key from a name, so a path is shown only where every word of it is one that makers of cameras use, or a short number.
"""

import re

_WORDS = frozenset(
    """
    amp audio av avc axis back ball cam camera cgi ch channel channels chn defaultprimary demo door encoder entrance entry
    exit first front garage garden gate h264 h265 hall hevc high index inside jpeg kitchen left live lobby low main media
    mediaprofile mjpeg mjpg monitor mp mp4 mpeg mpeg4 nph office onvif out outside parking play preview primary profile
    profile1 proto quality realmonitor rear record right rtsp rtspstream sdp second secondary shop side store stream streaming
    streams street sub subtype tcp test till track trackid tracks transport udp unicast video video1 videoinput videomain
    videostream videosub view wfov window yard
    """.split()  # noqa: SIM905 - a list of eighty strings is harder to read
)
_SHAPE = re.compile(r"([A-Za-z]?|[A-Za-z]{2,})[0-9]{0,4}")
_SEPARATORS = re.compile(r"[/._\-=&?]+")
_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])")


def is_plain_path(path: str) -> bool:
    """Whether path and query of a camera's address are made of nothing but usual words and numbers of up to four digits."""
    tokens = [part for token in _SEPARATORS.split(path) for part in _WITHIN.split(token)]
    return all(map(_is_usual, tokens))


def _is_usual(token: str) -> bool:
    word = token.lower()
    shape = _SHAPE.fullmatch(word)
    return word in _WORDS or (shape is not None and (len(shape[1]) < 2 or shape[1] in _WORDS))
