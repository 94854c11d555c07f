"""A real PostgreSQL, as an unprivileged user."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.support.ending import EndsWithUs
from tests.support.ports import free_port

PASSWORD = "tests-only-s3cret"  # noqa: S105 - of a server that lives as long as the tests
_CURE = "run scripts/system-packages.sh"


class PostgresServer:
    """Starts when made; can be killed, paused and started again over the same data and port. It wants a password."""

    def __init__(self) -> None:
        self._bin = _binaries()
        self._user = _unprivileged()
        self._folder = Path(
            tempfile.mkdtemp(prefix="footfall-pg-")
        )  # outside of pytest's, which root alone may enter
        self._data = self._folder / "data"
        self.port = free_port()
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
            os.chown(secret, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "footfall", "-A", "scram-sha-256", f"--pwfile={secret}",
                  "-E", "UTF8", "--no-locale", "-N")  # fmt: skip
        self.start()

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """As a user of Footfall would write it."""
        return f"postgresql://footfall:{password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, encoding: str = "UTF8") -> str:
        """Make an empty database, and return its URL."""
        assert re.fullmatch(r"[a-z0-9_]+", name)
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        subprocess.run(
            [self._bin / "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "footfall",
             "-E", encoding, "-T", "template0", name],
            env=environment, check=True, timeout=30, cwd="/",
        )  # fmt: skip
        return self.url(name)

    def start(self) -> None:
        """Start it, and wait until it serves."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -F -c timezone=Asia/Kolkata"
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", self._folder / "log", "start")
        self._guard = EndsWithUs(self._postmaster())

    def kill(self) -> None:
        """End it without any farewell; it recovers from its log at the next start."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        self._guard.let_go()

    def pause(self) -> None:
        """Let it hang, with every connection it serves."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """End it and delete its data."""
        if (self._data / "postmaster.pid").exists():
            self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _postmaster(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def _signal(self, number: signal.Signals) -> None:
        postmaster = self._postmaster()
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            os.kill(pid, number)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [str(self._bin / program), *map(str, arguments)]
        done = subprocess.run(
            command,
            stdout=subprocess.DEVNULL,  # a pipe would stay open as long as the server that pg_ctl leaves behind
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
            cwd="/",
            user=self._user and self._user.pw_uid,
            group=self._user and self._user.pw_gid,
            extra_groups=[] if self._user else None,
        )
        log = self._folder / "log"
        assert done.returncode == 0, (
            f"{program} failed: {log.read_text()[-2000:] if log.exists() else command}"
        )


def _binaries() -> Path:
    """The newest PostgreSQL of Debian."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError(f"the tests with a real PostgreSQL need it installed: {_CURE}")
    return found[-1].parent


def _unprivileged() -> pwd.struct_passwd | None:
    """Who shall run it; None is whoever runs the tests, if not root, whom initdb refuses."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None
