#!/usr/bin/env bash
# Makes .venv with everything that requirements/$1.txt locks, and the command `footfall` in it.
# Idempotent: a stamp holds the lock's checksum. m2fp and train contain dev, and dev contains runtime, so a larger one serves a smaller.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=${1:?usage: setup-env.sh runtime|dev|m2fp|train}
venv=.venv
stamp() { cat "requirements/$1.txt" requirements/bootstrap.txt pyproject.toml | sha256sum | cut -d' ' -f1; }
installed() { [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(stamp "$1")" ]; }
# The environment of a developer stays one, and one with torch keeps it.
case $wanted in runtime|dev) for larger in dev m2fp train; do [ ! -e "$venv/.installed-$larger" ] || wanted=$larger; done ;; esac
installed "$wanted" && exit 0
scripts/runtime-libraries.sh

if [ ! -x "$venv/bin/python" ]; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        { echo "footfall needs Python 3.11 or newer as python3: apt-get install python3 python3-venv" >&2; exit 2; }
    python3 -c 'import ensurepip' 2>/dev/null || scripts/install-packages.sh python3-venv
    python3 -m venv "$venv" || { rm -rf "$venv"; echo "python3 cannot make a virtual environment: apt-get install python3-venv" >&2; exit 2; }
fi
echo "setting up $venv from requirements/$wanted.txt ..." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes "requirements/$wanted.txt" requirements/bootstrap.txt
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
rm -f "$venv"/.installed-*
stamp "$wanted" > "$venv/.installed-$wanted"
