"""Parsers: every pixel of every person, from one picture.

Whatever of ours imports OpenVINO, ONNX Runtime or NNCF lies in this package, so what they would report is declined here, before
they can.
"""

from pipeline.parsers.telemetry import decline_telemetry

decline_telemetry()
