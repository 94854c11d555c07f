#!/usr/bin/env bash
# OpenCV's wheel (the one with a display, which the tools for development require) loads libGL, libxcb and GLib when it is imported, and a bare
# Debian has none of them. Installs what is missing; does nothing where all of it is there, or where there is no apt.
set -euo pipefail
has() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep "$1" >/dev/null; }
{ has libGL.so.1 && has libxcb.so.1 && has libgthread-2.0.so.0; } && exit 0
exec "${0%/*}/install-packages.sh" libgl1 libglib2.0-0
