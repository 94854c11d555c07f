#!/usr/bin/env bash
# Makes .cache/parity/venv: ModelScope's own M2FP with the packages it asks for (torch 2.0.1, mmcv 1.7.2, modelscope 1.9.5).
# Only `make parity` and the reference column of benchmarks/m2fp.py use it. Idempotent.
#
# mmcv is built without its C++ operators (with them it is called mmcv-full), in seconds instead of 11 minutes on two cores. M2FP uses
# one of them, deformable attention, and that runs as plain PyTorch on a CPU whether they are built or not: it asks value.is_cuda in
# mmcv/ops/multi_scale_deform_attn.py. What mmcv imports in their place knows every name, and nothing can call it.
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
install() { .cache/bootstrap/bin/uv pip install --quiet --python "$python" "$@"; }

[ -x "$python" ] || "$(find_python)" -m venv "$venv"
echo "setting up $venv ..." >&2
# mmcv's setup.py imports torch and pkg_resources, so both must be there before it is built.
install torch==2.0.1 torchvision==0.15.2 "numpy<2" "setuptools<70" wheel pip
MMCV_WITH_OPS=0 "$python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps mmcv==1.7.2
install -r requirements/parity.in
cat > "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/mmcv/_ext.py" <<'STUB'
"""In the place of mmcv's compiled operators, which are not built here."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_arguments, **_options):
        raise RuntimeError(f"mmcv's operator {name} is not built in this environment")

    return missing
STUB
stamp > "$venv/.installed"
