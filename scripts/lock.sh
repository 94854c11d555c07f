#!/usr/bin/env bash
# Writes the lock files anew: hashes, no addresses of any registry (ADR 0002).
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header -c requirements/limits.in pyproject.toml "$@"; }
.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    --group bootstrap -o requirements/bootstrap.txt
compile --group build -o requirements/runtime.txt
compile --group build --extra scenes --group dev -c requirements/runtime.txt -o requirements/dev.txt
compile --group build --extra scenes --extra m2fp --group dev -c requirements/dev.txt -o requirements/m2fp.txt
compile --group build --extra scenes --extra train --group dev -c requirements/dev.txt -o requirements/train.txt
