#!/usr/bin/env bash
# OpenCV's wheel (supervision and trackers require the one with a display) loads libGL, libxcb and GLib when it is imported, and a bare
# Debian has none of them. Installs what is missing; does nothing where all of it is there, or where there is no apt.
set -euo pipefail
has() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep "$1" >/dev/null; }
{ has libGL.so.1 && has libxcb.so.1 && has libgthread-2.0.so.0; } && exit 0
command -v apt-get >/dev/null || { echo "footfall needs libGL.so.1, libxcb.so.1 and libgthread-2.0.so.0: install them" >&2; exit 2; }
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing libraries that OpenCV loads: libgl1 libglib2.0-0" >&2
export DEBIAN_FRONTEND=noninteractive
{ "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends libgl1 libglib2.0-0 >/dev/null; } ||
    { echo "they could not be installed; as root: apt-get install libgl1 libglib2.0-0" >&2; exit 2; }
