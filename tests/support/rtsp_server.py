"""A real RTSP server for the tests: GStreamer's, in a process of its own, looping a clip on a free loopback port."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import free_port

_SCRIPT = Path(__file__).with_name("gstreamer_rtsp.py")
_SYSTEM_PYTHON = (
    "/usr/bin/python3"  # GStreamer's bindings are a Debian package, not one of the virtual environment
)
_READY_S = 30.0


@dataclass(frozen=True, slots=True)
class Login:
    """What the server asks for.

    Attributes:
        user: Name.
        password: Never in a URL as it is, unless it has plain characters only.
        method: `digest` or `basic`.
    """

    user: str
    password: str
    method: str = "digest"


class RtspServer:
    """Serves one H.264 clip (mp4) as `/cam`, in a loop with time stamps that never run back.

    Args:
        clip: The file.
        login: User and password to ask for, None for nobody.
        quirks: `ONLY_UDP`, `ONLY_SOUND` or `OTHER_CODEC`.
    """

    def __init__(self, clip: Path, login: Login | None = None, quirks: Sequence[str] = ()) -> None:
        self._clip = clip
        self._login = login
        self._quirks = quirks
        self._process: subprocess.Popen[str] | None = None
        self.port = free_port()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def url(self, user_info: str = "", path: str = "cam") -> str:
        """Address, with `user:password@` where given."""
        return f"rtsp://{user_info}127.0.0.1:{self.port}/{path}"

    def start(self) -> None:
        """Start it, again on the same port after `kill`; returns when it listens."""
        command = [_SYSTEM_PYTHON, str(_SCRIPT), str(self.port), str(self._clip)]
        if self._login is not None:
            command += [self._login.method, self._login.user, self._login.password]
        environ = {**os.environ, **dict.fromkeys(self._quirks, "1")}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
        )
        said = _first_line(self._process)
        if said != "ready":
            self.kill()
            raise AssertionError(f"the RTSP server did not start ({said}); run scripts/system-packages.sh")

    def kill(self) -> None:
        """End it without a word to anybody connected, as a power cut would."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()

    def replace(self, clip: Path, quirks: Sequence[str] = ()) -> None:
        """Be another camera behind the same address from now on."""
        self.kill()
        self._clip, self._quirks = clip, quirks
        self.start()

    def freeze(self) -> None:
        """Stop it where it is: connections stay, nothing is sent."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def _first_line(process: subprocess.Popen[str]) -> str:
    """What the server says when it listens; its last words where it does not come so far."""
    assert process.stdout is not None
    deadline = time.monotonic() + _READY_S
    said = ""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            line = process.stdout.readline()
            if not line or line.strip() == "ready":
                return line.strip() or said
            said = line.strip()
    return said or f"silent for {_READY_S:.0f} s"
