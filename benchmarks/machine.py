"""What the figures were measured on."""

import os
import platform
from pathlib import Path

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def describe() -> str:
    """One line: processor, cores and the instructions that matter for inference."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    fields = dict(line.split(":", 1) for line in text.split("\n\n", 1)[0].splitlines() if ":" in line)
    values = {key.strip(): value.strip() for key, value in fields.items()}
    flags = set(values.get("flags", "").split())
    has = ", ".join(flag for flag in _FLAGS if flag in flags)
    return f"{values.get('model name', platform.processor())}, {os.cpu_count()} cores, {has}"
