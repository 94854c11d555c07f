"""Nothing of ours calls home: OpenVINO would report every import to Intel, and NNCF its use, unless they cannot."""

import sys
from importlib import import_module
from typing import Any

_REPORTER = "openvino_telemetry"


def decline_telemetry() -> None:
    """Keep this process from reporting its use of OpenVINO and NNCF, and from writing about it into the user's home.

    A process that has not loaded the package which reports cannot import it afterwards. OpenVINO and NNCF take it for not
    installed, and fall back on stubs that do nothing. Where somebody else has loaded it already, it counts as declined from now on.

    Nothing milder holds: release 2025.2 takes a missing answer for consent where the tool asks no question, and its only other
    switch is a file in the user's home, which is not ours to write.
    """
    if sys.modules.get(_REPORTER) is None:
        sys.modules[_REPORTER] = None  # type: ignore[assignment]  # which `import` understands as: there is none
        return
    main: Any = import_module(f"{_REPORTER}.main")
    main.OptInChecker.check = lambda *_arguments, **_options: main.ConsentCheckResult.DECLINED
    main.Telemetry.consent = property(lambda _self: False, lambda _self, _value: None)
