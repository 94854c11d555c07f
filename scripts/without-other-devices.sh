#!/usr/bin/env bash
# Removes from an environment the parts of OpenVINO that Footfall never loads, 80 of its 178 MB: the plugins for graphics and neural
# processors, the tuning table of the first, the readers of other frameworks' files, and the headers for C++. What stays reads ONNX and
# OpenVINO's own files and computes on the processor. usage: without-other-devices.sh VENV
set -euo pipefail
shopt -s nullglob
for package in "${1:?usage: without-other-devices.sh VENV}"/lib/python3*/site-packages/openvino; do
    rm -rf "$package"/include "$package"/cmake "$package"/libs/cache.json \
        "$package"/libs/libopenvino_intel_{gpu,npu}_plugin.so* \
        "$package"/libs/libopenvino_{tensorflow,tensorflow_lite,pytorch,paddle,jax,gguf}_frontend.so*
done
