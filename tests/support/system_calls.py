"""What a command asks of the system, all its threads and children included: strace sees C++ and Python alike."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TALKING = "connect,sendto,sendmsg,sendmmsg"
_WRITING = (
    "?open,openat,?openat2,?creat,?mkdir,mkdirat,?rename,renameat,renameat2,?link,linkat,?symlink,symlinkat,"
    "?unlink,unlinkat,?rmdir,?mknod,mknodat,truncate"
)
_CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+|\?)")
_UNFINISHED = re.compile(r"^(?P<process>\d+) +(?P<begun>.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(?P<process>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")
_PEER = re.compile(r"sa_family=AF_(?:INET6?|UNIX|NETLINK|PACKET)[^}]*}")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<path>(?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)")
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a command did.

    Attributes:
        code: Its exit code.
        output: What it wrote to standard output and error.
        peers: Every address that a socket was connected or sent to, in strace's words, whether it answered or not.
        written: Every path that was opened for writing, made, moved or deleted, whether that was allowed or not; absolute.
    """

    code: int
    output: str
    peers: tuple[str, ...]
    written: tuple[Path, ...]


def there() -> bool:
    """Whether strace is installed and may trace."""
    if shutil.which("strace") is None:
        return False
    return (
        subprocess.run(
            ["strace", "-f", "-o", "/dev/null", "true"], check=False, capture_output=True
        ).returncode
        == 0
    )


def watch(
    command: Sequence[str | Path], notes: Path, *, cwd: Path, env: Mapping[str, str], user: int | None = None
) -> Seen:
    """Run a command to its end and note what it did.

    Args:
        command: The program and its arguments.
        notes: A file that strace writes.
        cwd: Where it runs.
        env: All of its environment.
        user: Whom to run it as; needs root.
    """
    traced = ["strace", "-f", "-qq", "--seccomp-bpf", "-y", "-s", "4096", "-o", str(notes)]
    traced += ["-e", f"trace={_TALKING},{_WRITING}", *map(str, command)]
    ended = subprocess.run(
        traced, cwd=cwd, env=dict(env), user=user, capture_output=True, check=False, timeout=240
    )
    calls = list(_calls(notes.read_bytes().decode(errors="surrogateescape")))
    peers = [
        peer
        for name, arguments, _ in calls
        if name in _TALKING.split(",")
        for peer in _PEER.findall(arguments)
    ]
    written = [cwd / path for name, arguments, result in calls for path in _written(name, arguments, result)]
    output = (ended.stdout + ended.stderr).decode(errors="replace")
    return Seen(ended.returncode, output, tuple(peers), tuple(dict.fromkeys(written)))


def _calls(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, arguments and result; a call that another thread interrupted is put together again."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        if unfinished := _UNFINISHED.match(line):
            begun[unfinished["process"]] = f"{unfinished['process']} {unfinished['begun']}"
            continue
        resumed = _RESUMED.match(line)
        whole = begun.pop(resumed["process"], "") + resumed["rest"] if resumed else line
        if call := _CALL.match(whole):
            yield call["name"], call["arguments"], call["result"] + line.partition(" = ")[2]


def _written(name: str, arguments: str, result: str) -> Iterator[Path]:
    if name in _TALKING.split(",") or (
        name.startswith("open") and not re.search(r"O_(WRONLY|RDWR|CREAT)", arguments)
    ):
        return
    if "ENOENT" in result or "EEXIST" in result:
        return  # nothing was there to change, or it was there already
    for match in _PATH.finditer(arguments):
        if name in {"symlink", "symlinkat"} and match.start() == 0:
            continue  # where it leads to
        yield Path(_unescaped(match["folder"] or ""), _unescaped(match["path"]))


def _unescaped(text: str) -> str:
    def letter(match: re.Match[bytes]) -> bytes:
        one = match[1]
        return bytes([int(one, 8)]) if one.isdigit() else _LETTERS.get(one, one)

    return _ESCAPE.sub(letter, text.encode(errors="surrogateescape")).decode(errors="surrogateescape")
