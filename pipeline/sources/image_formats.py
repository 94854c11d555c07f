"""Which files of a folder are pictures, and which look like pictures or films but cannot be read as such."""

import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from domain.names import shown_name
from domain.summary import FilesInPart, FilesLeftOut

_NAMES_SHOWN = 3
_PICTURES = "jpg jpeg jpe jfif png bmp dib webp tif tiff pbm pgm ppm pnm pfm jp2 gif avif heic heif hif"
_RAW = "3fr arw cr2 cr3 crw dng erf iiq kdc mrw nef nrw orf pef raf raw rw2 sr2 srf srw x3f"
_OTHER = (
    "afphoto ai bpg cin cur dcm dcx dds djvu dpx emf eps exr fit fits fts hdp icns ico jbg jbig2 jls jng jxl jxr kra mng miff "
    "ora pcd pct pcx pict psb psd psp pspimage qoi rgb rgba sgi svg svgz tga wdp wmf xbm xcf xpm"
)
_FILMS = "3gp asf avi dav flv h264 h265 m2ts m4v mkv mov mp4 mpeg mpg mts vob webm wmv"
_READABLE = frozenset(_PICTURES.split())
_UNREADABLE = {
    "the raw data of a camera cannot be read; export it as JPEG": frozenset(_RAW.split()),
    "this kind of picture cannot be read; save it as JPEG or PNG": frozenset(_OTHER.split()),
    "a film is a source of its own; name it beside the folder": frozenset(_FILMS.split()),
}
_BEGINNINGS = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|II[*+]\0|MM\0[*+]|P[1-7]\s|P[Ff]\s"
    rb"|\0\0\0\x0cjP  |\xff\x4f\xff\x51|#\?RA|\x59\xa6\x6a\x95"
    rb"|....ftyp(?:avif|avis|heic|heix|hevc|hevx|heim|heis|mif1|msf1)",
    re.DOTALL,
)


def is_picture(path: Path) -> bool:
    """Whether it is a regular file that is named like a picture that can be read, or, named otherwise, begins like one."""
    if not _is_file(path):
        return False
    ending = _ending(path)
    if ending in _READABLE:
        return True
    return why_unreadable(path) is None and bool(_BEGINNINGS.match(_beginning(path)))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may be listed and not searched
        return False


def why_unreadable(path: Path) -> str | None:
    """Why a file that by its name is a picture or a film is not read with its folder; None for any other file, and for folders."""
    ending = _ending(path)
    why = next((why for why, endings in _UNREADABLE.items() if ending in endings), None)
    if why is None and ending not in _READABLE:
        return None
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "it is a link to a file that does not exist; put the file itself there"
    except OSError as error:
        return f"it cannot be reached ({error.strerror}); check the rights, and where links lead"
    if stat.S_ISDIR(mode):
        return None
    return why if stat.S_ISREG(mode) else "it is a pipe, a socket or a device; put a file there"


def left_out(files: Iterable[tuple[Path, str]]) -> tuple[FilesLeftOut, ...]:
    """What to say of files that are passed over, by the endings of their names.

    Args:
        files: Each with the reason.
    """
    return _grouped(FilesLeftOut, files)


def in_part(files: Iterable[Path]) -> tuple[FilesInPart, ...]:
    """What to say of files of which only the first picture is read, by the endings of their names."""
    why = "name a moving one itself as a source, and save pages one by one"
    return _grouped(FilesInPart, ((path, why) for path in files))


_Files = TypeVar("_Files", FilesLeftOut, FilesInPart)


def _grouped(said: type[_Files], files: Iterable[tuple[Path, str]]) -> tuple[_Files, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for path, why in files:
        groups.setdefault((_ending(path).upper(), why), []).append(shown_name(path.name))
    return tuple(
        said(format=ending, files=len(names), names=tuple(names[:_NAMES_SHOWN]), reason=why)
        for (ending, why), names in sorted(groups.items())
    )


def _ending(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""
