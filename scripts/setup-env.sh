#!/usr/bin/env bash
# Makes .venv with what the named requirements/NAME.txt lock, and the command `footfall` in it.
# Idempotent: a stamp holds names and checksum. What an environment has it keeps: `dev` stays there when `runtime` is asked for.
# m2fp and train contain dev, and dev contains the extras kafka, postgres, onnxruntime and service, which each contain runtime.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: setup-env.sh runtime|kafka|postgres|onnxruntime|service|dev|m2fp|train..." >&2; exit 2; }
for name in "$@"; do
    [ -e "requirements/$name.txt" ] || { echo "there is no extra $name; there are kafka, postgres, onnxruntime and service" >&2; exit 2; }
done
venv=.venv
tools=.cache/bootstrap
stamp=$venv/.installed
sum() { cat "${@/#/requirements/}" requirements/bootstrap.txt pyproject.toml scripts/setup-env.sh | sha256sum | cut -d' ' -f1; }
before=$(sed -n 1p "$stamp" 2>/dev/null || true)
names=$(printf '%s\n' runtime "$@" $before | sort -u)
files=(${names//$'\n'/.txt }.txt)
[ "$(cat "$stamp" 2>/dev/null)" = "$(echo $names; sum "${files[@]}")" ] && exit 0

if [ ! -x "$venv/bin/python" ] || [ ! -x "$tools/bin/python" ]; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        { echo "footfall needs Python 3.11 or newer as python3: apt-get install python3 python3-venv" >&2; exit 2; }
    python3 -c 'import ensurepip' 2>/dev/null || scripts/install-packages.sh python3-venv
fi
# What installs stays out of what is installed: pip and uv are 65 MB.
make_venv() { python3 -m venv "$@" || { rm -rf "${@: -1}"; echo "python3 cannot make a virtual environment: apt-get install python3-venv" >&2; exit 2; }; }
[ -x "$tools/bin/python" ] || make_venv "$tools"
[ -x "$venv/bin/python" ] || make_venv --without-pip "$venv"
echo "setting up $venv from requirements/ (" $names ") ..." >&2
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
"$tools/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes "${files[@]/#/requirements/}"
"$tools/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
rm -f "$venv"/.installed*
# Development converts networks and needs all of OpenVINO; whoever counts needs a processor.
case " "$(echo $names)" " in *" dev "*|*" m2fp "*|*" train "*) ;; *) scripts/without-other-devices.sh "$venv" ;; esac
{ echo $names; sum "${files[@]}"; } > "$stamp"
