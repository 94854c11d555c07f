#!/usr/bin/env bash
# Writes the lock files anew: hashes, no addresses of any registry (ADR 0002).
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.cache/bootstrap/bin/uv
compile() { "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    -c requirements/limits.in --override requirements/overrides.in pyproject.toml "$@"; }
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    --group bootstrap -o requirements/bootstrap.txt
compile --group build -o requirements/runtime.txt
optional=()
for extra in kafka postgres onnxruntime service; do
    compile --group build --extra "$extra" -c requirements/runtime.txt -o "requirements/$extra.txt"
    optional+=(--extra "$extra")
done
# The tests need all of them.
developing=(--group build --group dev --extra scenes "${optional[@]}")
compile "${developing[@]}" -c requirements/runtime.txt -o requirements/dev.txt
compile "${developing[@]}" --extra m2fp -c requirements/dev.txt -o requirements/m2fp.txt
compile "${developing[@]}" --extra train -c requirements/dev.txt -o requirements/train.txt
