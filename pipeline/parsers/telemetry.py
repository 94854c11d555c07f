"""Nothing of ours calls home: OpenVINO's converter and NNCF would report their use to Intel unless they are told not to."""


def decline_telemetry() -> None:
    """Answer for this process that nobody agreed: nothing is sent, and no file about it is written to the user's home.

    `openvino_telemetry` 2025.2 takes a missing answer for consent where the tool asks no question, and its only other switch is a
    file in the user's home, which is not ours to write.
    """
    try:
        from openvino_telemetry.utils.opt_in_checker import (  # noqa: PLC0415 - only conversion needs it
            ConsentCheckResult,
            OptInChecker,
        )
    except ImportError:
        return  # then the tools send nothing either
    OptInChecker.check = lambda *_arguments, **_options: ConsentCheckResult.DECLINED
