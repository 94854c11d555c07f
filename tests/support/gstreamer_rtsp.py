"""Run by the system's Python, which has GStreamer's bindings: gstreamer_rtsp.py PORT CLIP [basic|digest USER PASSWORD].

Serves the clip as rtsp://127.0.0.1:PORT/cam and prints "ready" when it listens. ONLY_UDP in the environment makes it refuse TCP,
ONLY_SOUND sends a tone instead, OTHER_CODEC a test picture as H.265.
"""

import os
import sys
from typing import Any

import gi  # type: ignore[import-not-found]  # a package of the system's Python

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402 - after their versions

_ENCODED = (
    "filesrc name=file ! qtdemux ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au "
    "! appsink name=out sync=false max-buffers=0"
)
_SERVED = (
    "( appsrc name=source is-live=true format=time max-bytes=4000000 ! h264parse "
    "! rtph264pay name=pay0 pt=96 )"
)
_OTHER_CODEC = (
    "( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 "
    "! x265enc speed-preset=ultrafast tune=zerolatency key-int-max=10 ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1 )"
)


class Loop(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]  # no types
    """Feeds the clip's pictures over and over, each round later by the length of the clip."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._caps, self._units = _access_units(path)
        self._length = max(pts + duration for _, pts, _, duration, _ in self._units)
        self.set_shared(True)
        self.set_launch(_SERVED)
        self.connect("media-configure", self._configure)

    def _configure(self, _factory: Any, media: Any) -> None:
        source = media.get_element().get_child_by_name("source")
        source.set_property("caps", self._caps)
        sent = 0

        def feed(_source: Any, _wanted: int) -> None:
            nonlocal sent
            rounds, number = divmod(sent, len(self._units))
            data, pts, dts, duration, is_delta = self._units[number]
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts, buffer.dts = pts + rounds * self._length, max(0, dts + rounds * self._length)
            buffer.duration = duration
            if is_delta:
                buffer.set_flags(Gst.BufferFlags.DELTA_UNIT)
            sent += 1
            source.emit("push-buffer", buffer)

        source.connect("need-data", feed)


def _access_units(path: str) -> tuple[Any, list[tuple[bytes, int, int, int, bool]]]:
    pipeline = Gst.parse_launch(_ENCODED)
    pipeline.get_by_name("file").set_property("location", path)
    out = pipeline.get_by_name("out")
    pipeline.set_state(Gst.State.PLAYING)
    caps, units = None, []
    while (sample := out.emit("pull-sample")) is not None:
        buffer, caps = sample.get_buffer(), sample.get_caps()
        data = buffer.extract_dup(0, buffer.get_size())
        dts = buffer.pts if buffer.dts == Gst.CLOCK_TIME_NONE else buffer.dts
        units.append((data, buffer.pts, dts, buffer.duration, buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)))
    pipeline.set_state(Gst.State.NULL)
    first = min(unit[1] for unit in units)
    return caps, [
        (data, pts - first, dts - first, duration, is_delta) for data, pts, dts, duration, is_delta in units
    ]


def _ask_for_login(server: Any, factory: Any, method: str, user: str, password: str) -> None:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    factory.add_role_from_structure(_role())


def _role() -> Any:
    role = Gst.Structure.new_empty("viewer")
    role.set_value(GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
    role.set_value(GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
    return role


def main(port: str, clip: str, *login: str) -> None:
    """Serve until killed."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = Loop(clip)
    if os.environ.get("ONLY_UDP"):
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    if os.environ.get("ONLY_SOUND"):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch("( audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 pt=8 )")
    if os.environ.get("OTHER_CODEC"):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(_OTHER_CODEC)
        factory.set_shared(True)
    if login:
        _ask_for_login(server, factory, *login)
    server.get_mount_points().add_factory("/cam", factory)
    if not server.attach(None):
        raise SystemExit(f"cannot listen on port {port}")
    print("ready", flush=True)  # noqa: T201 - how the parent learns of it
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
