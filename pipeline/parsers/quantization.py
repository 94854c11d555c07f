"""Networks in int8, by NNCF: post-training quantisation with scales from pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.component import requires
from pipeline.parsers.runtime import Tensor, read_openvino
from pipeline.parsers.saving import save_openvino

_ERRORS_ONLY = 40


@dataclass(frozen=True, slots=True)
class Quantization:
    """How a network becomes int8. Activations are asymmetric, weights symmetric, biases corrected.

    Attributes:
        transformer: Whether it is one: NNCF knows which of their operations lose too much.
        kept_exact: Patterns of the names of operations that stay in fp32.
        seven_bits: Weights of seven bits. CPUs without VNNI add pairs of products in 16 bits, which eight bits can overflow.
        fixed_size: Measure at the size of the first picture: NNCF 3.4 measures on a compiled network, and some networks with open
            sizes OpenVINO 2026.4 does not compile.
    """

    transformer: bool = False
    kept_exact: tuple[str, ...] = ()
    seven_bits: bool = False
    fixed_size: bool = False


def quantize(model: Path, inputs: Iterable[Tensor], target: Path, options: Quantization) -> None:
    """Write the network in int8 as OpenVINO IR.

    Args:
        model: ONNX or IR, with one input.
        inputs: Pictures as the network takes them, all of which set the scales.
        target: Ends in `.xml`; the weights lie beside it in `.bin`. Height and width stay open.
        options: How.

    Raises:
        MissingExtra: NNCF is not installed.
        ModelError: The network cannot be read.
    """
    with requires("m2fp", "nncf"):
        import nncf  # noqa: PLC0415 - an extra, and seconds to import
    nncf.set_log_level(_ERRORS_ONLY)
    given = list(inputs)
    network = read_openvino(model)
    if options.fixed_size:
        network.reshape(list(given[0].shape))
    quantized: Any = nncf.quantize(
        network,
        nncf.Dataset(given),
        subset_size=len(given),
        preset=nncf.QuantizationPreset.MIXED,
        model_type=nncf.ModelType.TRANSFORMER if options.transformer else None,
        ignored_scope=nncf.IgnoredScope(patterns=list(options.kept_exact), validate=False),
        advanced_parameters=_advanced(options),
    )
    if options.fixed_size:
        quantized.reshape([1, 3, -1, -1])
    save_openvino(quantized, target)


def _advanced(options: Quantization) -> Any:
    from nncf.quantization import advanced_parameters as advanced  # noqa: PLC0415 - as above

    return advanced.AdvancedQuantizationParameters(
        overflow_fix=advanced.OverflowFix.ENABLE if options.seven_bits else advanced.OverflowFix.FIRST_LAYER,
        # Smooth quantisation compiles a transformer again for each of 110 layers: more than ten minutes on two cores.
        smooth_quant_alphas=advanced.AdvancedSmoothQuantParameters(matmul=-1, convolution=-1),
    )
