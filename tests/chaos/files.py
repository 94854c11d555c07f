"""What befalls files: checkpoints that are cut off, disks that are full, spools that are damaged. With SQLite alone as a store."""

import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.killed import NOWHERE
from tests.chaos.nursery import Run
from tests.chaos.tampering import copy, keep, restore
from tests.chaos.trial import Difference, Kill, Trials

_WRITES = (1, 3, 7)
_LONGEST_S = 300


@dataclass(frozen=True, slots=True)
class FileTrial:
    """One row of the table.

    Attributes:
        what: Is done.
        carry_out: Do it to a trial of that name, and say how often it was killed.
    """

    what: str
    carry_out: Callable[[Trials, str], int]


def file_trials() -> Iterator[FileTrial]:
    """All of them but the damaged spools."""
    for file in ("store.db", "out/.footfall/spool.db"):
        for nth in _WRITES:
            yield FileTrial(
                f"killed in a checkpoint of {Path(file).name}, at the {nth}. page written",
                lambda trials, name, file=file, nth=nth: _in_checkpoint(trials, name, file, nth),  # type: ignore[misc]  # of this round
            )
    yield FileTrial("the spool put back from an older copy, on another machine", _restored)
    yield FileTrial(
        "the disk full, then room made", lambda trials, name: _full_disk(trials, name, kill=False)
    )
    yield FileTrial(
        "the disk full, killed, then room made", lambda trials, name: _full_disk(trials, name, kill=True)
    )


def _in_checkpoint(trials: Trials, name: str, file: str, nth: int) -> int:
    """A file in WAL mode is written by checkpoints alone, so the nth write into it is in the midst of one."""
    (trials.folder / name).mkdir()
    made = trials.run(name, Kill("after a picture", 3))
    assert made == -signal.SIGKILL, trials.log(name)
    path = trials.folder / name / file
    inject = f"inject=pwrite64:signal=KILL:when={nth}"
    traced = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(path), "-e", "trace=pwrite64", "-e", inject]
    code = subprocess.run(  # noqa: S603 - ours
        [*traced, *_command(trials, name)],
        check=False, capture_output=True, timeout=_LONGEST_S, env=trials.environment(),
    ).returncode  # fmt: skip
    assert code == -signal.SIGKILL, f"{path} was not written {nth} times: {code}"
    assert trials.run(name) == 0, trials.log(name)
    return 2


def _restored(trials: Trials, name: str) -> int:
    out = trials.folder / name / "out"
    died = [trials.run(name, Kill("after a picture", 8)) == -signal.SIGKILL]
    keep(out)
    died.append(trials.run(name, Kill("after a picture", 12)) == -signal.SIGKILL)
    restore(out)
    copy(out)
    assert trials.run(name) == 0, trials.log(name)
    return sum(died)


_SCRIPT = """
mount -t tmpfs -o size=$1 small "$2" || exit 77
"${@:4}" >"$3" 2>&1 & run=$!
for _ in $(seq 600); do grep -q "cannot be written" "$3" && break; kill -0 $run || break; sleep 0.2; done
grep -q "cannot be written" "$3" || exit 78
sleep 2
[ -z "$KILL" ] || { kill -9 $run; wait $run; }
mount -o remount,size=64m "$2"
[ -z "$KILL" ] || { "${@:4}" >>"$3" 2>&1 & run=$!; }
wait $run; code=$?
cp -a "$2"/. "$2.kept"
exit $code
"""


def _full_disk(trials: Trials, name: str, *, kill: bool) -> int:
    """In a name space of its own, in which the folder is a disk of its own."""
    trial = trials.folder / name
    trial.mkdir()
    command = [
        "unshare",
        "-rm",
        "bash",
        "-c",
        _SCRIPT,
        "-",
        "320k",
        str(trial),
        str(trials.folder / f"{name}.log"),
    ]
    done = subprocess.run(  # noqa: S603 - ours
        [*command, *_command(trials, name)],
        check=False, capture_output=True, text=True, timeout=_LONGEST_S,
        env=trials.environment() | {"KILL": "1" if kill else ""},
    )  # fmt: skip
    said = (trials.folder / f"{name}.log").read_text()
    assert done.returncode == 0, f"{done.returncode}: {said}{done.stderr}"
    assert "Traceback" not in said
    assert len(re.findall("cannot be written.*make room", said)) >= 1, said
    trial.rmdir()
    (trials.folder / f"{name}.kept").rename(trial)
    return int(kill)


def _command(trials: Trials, name: str) -> list[str]:
    return [sys.executable, "-m", "tests.chaos.killed", *trials.arguments(name)]


def damaged_spools(trials: Trials, count: int, say: Callable[[str], None]) -> Difference:
    """So many spools of a run that was killed, each damaged in another way.

    `footfall spool` says in one line what it finds. Each twentieth run is gone on with, and has to end as an uninterrupted one.

    Returns:
        What is different, of all of those together.
    """
    assert trials.run("damaged", Kill("after a picture", 12)) == -signal.SIGKILL, trials.log("damaged")
    found = []
    for seed in range(count):
        name = f"damaged-{seed}"
        trial, goes_on = trials.folder / name, seed % 20 == 0
        if goes_on:
            # In place: files of a run that was killed are known by their inodes.
            assert trials.run(name, Kill("after a picture", 12)) == -signal.SIGKILL, trials.log(name)
        else:
            shutil.copytree(trials.folder / "damaged", trial)
        _damage(trial / "out" / ".footfall", random.Random(seed))  # noqa: S311 - a test that can be repeated
        _look_at(trial)
        if goes_on:
            assert trials.run(name) == 0, trials.log(name)
            found.append(trials.difference(name, "whole"))
            say(f"damaged spools: {seed} of {count}")
        shutil.rmtree(trial)
    return Difference(
        {name: sum(one.missing[name] for one in found) for name in found[0].missing},
        {name: sum(one.twice[name] for one in found) for name in found[0].twice},
        tuple(sorted({file for one in found for file in one.unequal})),
        0,
        max(one.pictures_s for one in found),
    )


def _damage(folder: Path, dice: random.Random) -> None:
    """One or many pieces of the file or its log, or its end."""
    path = folder / dice.choice(["spool.db", "spool.db-wal"])
    content = bytearray(path.read_bytes())
    for _ in range(dice.choice((1, 1, 20))):
        at = dice.randrange(len(content))
        length = dice.choice((1, 100, 4096))
        content[at : at + length] = dice.randbytes(length)[: len(content) - at]
    path.write_bytes(content[: dice.choice((len(content), dice.randrange(len(content))))])
    (folder / "spool.db-shm").unlink(missing_ok=True)


def _look_at(trial: Path) -> None:
    log = trial / "looked"
    with Run([NOWHERE, "0", "0", "spool", str(trial / "out")], {}, log) as run:
        code = run.wait(60)
    said = log.read_text()
    assert code in {0, 2}, f"{code}: {said}"
    assert "Traceback" not in said, said
    if code == 2:
        assert said.startswith("footfall: "), said
        assert said.count("\n") == 1, said
