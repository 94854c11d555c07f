"""Inference on the CPU: OpenVINO, and ONNX Runtime as second executor behind the same call.

The only module that knows either engine.
"""

import atexit
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache, partial
from os import cpu_count
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol, TypeAlias
from weakref import WeakSet

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict

from config.component import requires
from domain.errors import ModelError
from pipeline.parsers.base import InferenceOptions, Precision
from pipeline.parsers.compiled import CompiledStore

Tensor: TypeAlias = npt.NDArray[np.float32]
"""Shape (N, C, H, W), dtype float32."""

_CHECKED_S = 1.0

Computed = Literal["fp32", "bf16", "int8"]


class RuntimeOptions(InferenceOptions):
    """How to run a network: what users say of it, and what whoever loads it knows.

    Of the precisions, `auto` is bf16 where the CPU computes it in hardware (AMX or AVX512-BF16), else int8 if the network has a
    quantised twin, else fp32. The threads are those of all calls together.

    Attributes:
        parallel: How many calls may run at the same time, each on its share of the threads; never more than there are threads.
        half: Whether a network in int8 computes in bf16 what of it is not quantised; else in fp32.
        compiled: Where OpenVINO's compiled networks are kept from run to run; None keeps none.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    parallel: int = 1
    half: bool = False
    compiled: CompiledStore | None = None

    @classmethod
    def of(
        cls, settings: InferenceOptions, *, parallel: int = 1, compiled: CompiledStore | None = None
    ) -> "RuntimeOptions":
        """What a parser's settings say, for so many callers at the same time."""
        said = {name: getattr(settings, name) for name in InferenceOptions.model_fields}
        cores = settings.threads or cpu_count() or 1
        return cls(**said, parallel=max(1, min(parallel, cores)), compiled=compiled)


class Network(Protocol):
    """A loaded network. Any thread may call it; up to `RuntimeOptions.parallel` calls run at the same time."""

    @property
    def precision(self) -> str:
        """What it computes in: fp32, bf16 or, if it is a quantised one, int8."""
        ...

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Run one batch. Blocks until it is done.

        Returns:
            The outputs by name. The arrays belong to the caller.
        """
        ...


class LoadedNetwork(Network, Protocol):
    """What `load_network` gives: a network that also tells its input, and runs several batches at once."""

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Of its input; None where a length may be any."""
        ...

    def each(self, tensors: Sequence[Tensor]) -> list[Mapping[str, Tensor]]:
        """Run several batches, of any shapes, as many at the same time as may run. Blocks until all are done.

        Returns:
            The outputs of each, in order.
        """
        ...


def precision_for(options: RuntimeOptions, *, quantized: bool) -> Computed:
    """What a network is computed in on this CPU.

    Args:
        options: What is asked for.
        quantized: Whether the network has a twin in int8.

    Raises:
        ModelError: The CPU, the engine or the network cannot do what is asked for.
    """
    if options.precision == "int8" and not quantized:
        raise ModelError("this network has no int8 twin: set parser.precision to auto or fp32")
    if options.executor == "onnxruntime":
        if options.precision in {"bf16", "int8"}:
            raise ModelError(
                "ONNX Runtime computes in fp32 here: set parser.precision to fp32 or the executor to openvino"
            )
        return "fp32"
    capabilities = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return _choose_precision(options.precision, capabilities, quantized=quantized)


def sparing(options: RuntimeOptions) -> RuntimeOptions:
    """The same for a network that tells as much in int8, and costs less: `auto` is that where the CPU computes it.

    What of the network is not quantised is computed in bf16 where the CPU has that in hardware.

    Args:
        options: What is asked for; anything but `auto` is left as it is.
    """
    if options.precision != "auto" or options.executor == "onnxruntime":
        return options
    capabilities = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if "INT8" not in capabilities:
        return options
    return options.model_copy(update={"precision": "int8", "half": "BF16" in capabilities})


def processor_name() -> str:
    """What the processor calls itself."""
    return str(_core().get_property("CPU", "FULL_DEVICE_NAME")).strip()


def load_network(model: Path, options: RuntimeOptions) -> LoadedNetwork:
    """Load an ONNX file or OpenVINO IR with one input.

    Args:
        model: A quantised network if the precision is int8, a plain one otherwise.
        options: How to run it.

    Raises:
        ModelError: The file is not a network that the engine can read, or the CPU lacks the precision asked for.
    """
    if options.executor == "onnxruntime":
        return _OnnxRuntimeNetwork(model, options)
    return _OpenVinoNetwork(model, options)


@cache
def _core() -> Any:
    """The one `openvino.Core` of this process.

    Each Core gives the main thread a signal stack of its own and takes it away when it goes (seen with 2026.4). Two whose lives
    overlap leave a stack behind that is gone, and the next signal, Ctrl-C for example, ends the process with a segmentation fault.
    """
    import openvino as ov  # noqa: PLC0415 - 0.3 s, and not needed with the other executor

    return ov.Core()


def read_openvino(model: Path) -> Any:
    """Read a network, to run or to change it, through the one Core of this process.

    Raises:
        ModelError: It is none that OpenVINO can read.
    """
    try:
        return _core().read_model(model)
    except RuntimeError as error:
        raise ModelError(
            f"{model} is not a network that OpenVINO can read; install the weights again"
        ) from error


class _OpenVinoNetwork:
    """Compiles once for every input shape: fixed shapes run faster than dynamic ones, and a stream has one shape."""

    def __init__(self, model: Path, options: RuntimeOptions) -> None:
        self._core = _core()
        self._options = options
        self._precision = precision_for(options, quantized=options.precision == "int8")
        self._model = read_openvino(model)
        # Compiling joins layers, and an output may then have the names of both.
        self._names = tuple(output.get_any_name() for output in self._model.outputs)
        self._file = model.name
        self._lock = Lock()
        self._requests: dict[tuple[int, ...], _Requests] = {}

    @property
    def precision(self) -> str:
        return self._precision

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        shape = self._model.inputs[0].partial_shape
        return tuple(length.get_length() if length.is_static else None for length in shape)

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        requests = self._requests.get(tensor.shape)
        return requests(tensor) if requests else self._first(tensor)

    def each(self, tensors: Sequence[Tensor]) -> list[Mapping[str, Tensor]]:
        for tensor in {tensor.shape: tensor for tensor in tensors}.values():
            if tensor.shape not in self._requests:
                self._first(tensor)
        running = [(requests := self._requests[tensor.shape], requests.start(tensor)) for tensor in tensors]
        return [requests.wait(answer) for requests, answer in running]

    def _first(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Compile for that shape, and run it: locked, once.

        The first use of OpenVINO's Python bindings initialises them, and two threads doing so at once wait for each other for ever:
        one holds the interpreter, the other a C++ static (seen with 2026.4).
        """
        with self._lock:
            requests = self._requests.get(tensor.shape)
            if requests is None:
                requests = _Requests(self._compile(tensor.shape), self._names, self._options.parallel)
                answer = requests(tensor)
                self._requests[tensor.shape] = requests
                return answer
        return requests(tensor)

    def _compile(self, shape: tuple[int, ...]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - openvino has no type stubs
        config: dict[str, str | int] = {
            "INFERENCE_PRECISION_HINT": "bf16" if self._precision == "bf16" or self._options.half else "f32",
            "NUM_STREAMS": self._options.parallel,
        }
        if self._options.threads:
            config["INFERENCE_NUM_THREADS"] = self._options.threads
        return self._kept(shape, config) or self._compiled(shape, config)

    def _compiled(self, shape: tuple[int, ...], config: dict[str, str | int]):  # type: ignore[no-untyped-def]  # noqa: ANN202
        model = self._model.clone()
        model.reshape(list(shape))
        compiled = self._core.compile_model(model, "CPU", config)
        if self._options.compiled:
            self._options.compiled.keep(self._description(shape, config), compiled.export_model().getvalue())
        return compiled

    def _kept(self, shape: tuple[int, ...], config: dict[str, str | int]):  # type: ignore[no-untyped-def]  # noqa: ANN202
        store = self._options.compiled
        blob = store.read(self._description(shape, config)) if store else None
        if blob is None:
            return None
        try:
            return self._core.import_model(blob, "CPU", config)
        except RuntimeError:
            # OpenVINO refuses what it has not written itself, and it is written anew.
            return None

    def _description(self, shape: tuple[int, ...], config: dict[str, str | int]) -> str:
        """Everything that what is compiled depends on, but for the content of the file: that is what the folder is for."""
        import openvino as ov  # noqa: PLC0415 - as in `_core`

        processor = self._core.get_property("CPU", "FULL_DEVICE_NAME")
        return f"{self._file} {ov.get_version()} {processor} {sorted(config.items())} {shape}"


class _Requests:
    """One queue of inference requests for all threads: as many as run at the same time, however many streams there are."""

    def __init__(self, compiled: Any, names: Sequence[str], parallel: int) -> None:
        import openvino as ov  # noqa: PLC0415 - as in `_core`

        self._queue = ov.AsyncInferQueue(compiled, parallel)
        self._queue.set_callback(partial(_answer, names))
        # Finding an idle request and starting it are two steps.
        self._starting = Lock()
        _living.add(self)

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        return self.wait(self.start(tensor))

    def start(self, tensor: Tensor) -> Future[Mapping[str, Tensor]]:
        """Blocks while no request is idle. The tensor must live until the answer is there."""
        answer: Future[Mapping[str, Tensor]] = Future()
        with self._starting:
            self._queue.start_async([tensor], answer, share_inputs=True)
        return answer

    def wait(self, answer: Future[Mapping[str, Tensor]]) -> Mapping[str, Tensor]:
        """Blocks until it is there."""
        while True:
            try:
                return answer.result(timeout=_CHECKED_S)
            except TimeoutError:
                # Raises what a request has met: the callback is not called then.
                self._queue.is_ready()

    def settle(self) -> None:
        """Blocks until no request runs and every callback has returned."""
        # What a request has met was raised where it was waited for.
        with suppress(RuntimeError):
            self._queue.wait_all()


_living: WeakSet[_Requests] = WeakSet()


@atexit.register
def _settle_all() -> None:
    """Let the callbacks return: an answer is there a moment before, and a process that ends in that moment is aborted.

    The thread of a callback then finds no interpreter to return to, which ends the process with exit code 134 (seen with 2026.4).
    """
    for requests in list(_living):
        requests.settle()


def _answer(names: Sequence[str], request: Any, answer: Future[Mapping[str, Tensor]]) -> None:
    """Copy a request's outputs before it serves the next call."""
    try:
        outputs = zip(names, request.output_tensors, strict=True)
        answer.set_result({name: np.array(output.data) for name, output in outputs})
    except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for it
        answer.set_exception(error)


class _OnnxRuntimeNetwork:
    """Plain fp32; its sessions are safe to call from several threads."""

    def __init__(self, model: Path, options: RuntimeOptions) -> None:
        with requires("onnxruntime", "onnxruntime"):
            import onnxruntime as ort  # noqa: PLC0415 - 0.2 s, and not needed with the other executor

        self.precision = precision_for(options, quantized=False)
        session = ort.SessionOptions()
        session.intra_op_num_threads = max(1, options.threads // options.parallel) if options.threads else 0
        session.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(model, session, providers=["CPUExecutionProvider"])
        except Exception as error:  # the engine's exceptions share no other base
            raise ModelError(
                f"{model} is not a network that ONNX Runtime can read; install the weights again"
            ) from error
        first = self._session.get_inputs()[0]
        self._input = first.name
        self.input_shape = tuple(length if isinstance(length, int) else None for length in first.shape)
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        return dict(zip(self._outputs, self._session.run(self._outputs, {self._input: tensor}), strict=True))

    def each(self, tensors: Sequence[Tensor]) -> list[Mapping[str, Tensor]]:
        return [self(tensor) for tensor in tensors]


def _choose_precision(wanted: Precision, capabilities: Container[str], *, quantized: bool) -> Computed:
    bf16_in_hardware = "BF16" in capabilities
    if wanted == "auto":
        if bf16_in_hardware:
            return "bf16"
        return "int8" if quantized and "INT8" in capabilities else "fp32"
    if wanted == "bf16" and not bf16_in_hardware:
        raise ModelError("this CPU does not compute bf16: set parser.precision to auto or fp32")
    return wanted
