#!/usr/bin/env bash
# Makes .cache/parity/venv: ModelScope's own M2FP with the packages it asks for (torch 2.0.1, mmcv-full 1.7.2 built from source,
# modelscope 1.9.5). Only `make parity` and the reference column of benchmarks/m2fp.py use it. The build takes about 11 minutes on two
# cores; its wheel is kept in .cache/parity/wheels. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/.."
home=.cache/parity
venv=$home/venv
python=$venv/bin/python
stamp() { sha256sum requirements/parity.in scripts/parity-env.sh | sha256sum | cut -d' ' -f1; }
[ "$(cat "$venv/.installed" 2>/dev/null)" = "$(stamp)" ] && exit 0

find_python() {
    for candidate in python3.11 python3; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && { command -v "$candidate"; return; }
    done
    echo "make parity needs Python 3.11 exactly: torch 2.0.1 has wheels for nothing newer" >&2
    exit 2
}
install() { .venv/bin/uv pip install --quiet --python "$python" "$@"; }

[ -x "$python" ] || "$(find_python)" -m venv "$venv"
echo "setting up $venv; building mmcv-full takes minutes the first time ..." >&2
# mmcv's setup.py imports torch and pkg_resources, so both must be there before it is built.
install torch==2.0.1 torchvision==0.15.2 "numpy<2" "setuptools<70" ninja wheel pip
if ! ls "$home"/wheels/mmcv_full-1.7.2-*.whl >/dev/null 2>&1; then
    mkdir -p "$home/wheels.part"
    PATH="$PWD/$venv/bin:$PATH" MMCV_WITH_OPS=1 FORCE_CUDA=0 MAX_JOBS=${MAX_JOBS:-2} nice -n 15 "$python" -m pip wheel --quiet \
        --disable-pip-version-check --no-build-isolation --no-deps --wheel-dir "$home/wheels.part" mmcv-full==1.7.2
    mkdir -p "$home/wheels"
    mv "$home"/wheels.part/*.whl "$home/wheels/"
fi
install "$home"/wheels/mmcv_full-1.7.2-*.whl -r requirements/parity.in
stamp > "$venv/.installed"
