"""Nothing of ours calls home: OpenVINO and NNCF would report to Intel, and ONNX Runtime to Microsoft, unless they cannot."""

import os
import sys
from importlib import import_module
from typing import Any

_REPORTER = "openvino_telemetry"


def decline_telemetry() -> None:
    """Keep this process, and those it starts, from reporting what they run and from writing about it into the user's home.

    To be called before any of the engines is imported: OpenVINO 2026.4 reports its import, and ONNX Runtime 1.32 makes a device id
    and a database of events in `~/.cache/Microsoft` when it is imported, on Linux, too.
    """
    _decline_onnxruntime()
    _decline_openvino()


def _decline_onnxruntime() -> None:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    loaded: Any = sys.modules.get("onnxruntime")
    if loaded is not None:
        loaded.disable_telemetry_events()


def _decline_openvino() -> None:
    """Also for NNCF, which reports by the same package.

    A process that has not loaded that package cannot import it afterwards. OpenVINO and NNCF take it for not installed, and fall
    back on stubs that do nothing. Where somebody else has loaded it already, it counts as declined from now on.

    Nothing milder holds: release 2025.2 takes a missing answer for consent where the tool asks no question, and its only other
    switch is a file in the user's home, which is not ours to write.
    """
    if sys.modules.get(_REPORTER) is None:
        sys.modules[_REPORTER] = None  # type: ignore[assignment]  # which `import` understands as: there is none
        return
    main: Any = import_module(f"{_REPORTER}.main")
    main.OptInChecker.check = lambda *_arguments, **_options: main.ConsentCheckResult.DECLINED
    main.Telemetry.consent = property(lambda _self: False, lambda _self, _value: None)
