#!/usr/bin/env bash
# Installs Debian packages, as root or through sudo: install-packages.sh PACKAGE...
set -euo pipefail
command -v apt-get >/dev/null || { echo "not a Debian system: install $* by hand" >&2; exit 2; }
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing: $*" >&2
export DEBIAN_FRONTEND=noninteractive
{ "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } ||
    { echo "could not be installed; as root: apt-get install $*" >&2; exit 2; }
