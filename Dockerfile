# Footfall on an ordinary CPU. It is made by the script of `make setup`, with the same locked dependencies.
FROM python:3.11.14-slim-bookworm AS base
WORKDIR /opt/footfall

FROM base AS builder
# Byte code is made now, because the running container cannot write it.
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
COPY . .
RUN scripts/setup-env.sh runtime kafka postgres service && rm -rf .cache
RUN .venv/bin/python -m compileall -q analytics cli config domain footfall pipeline service sinks

FROM base
COPY --from=builder /opt/footfall /opt/footfall
# Nothing in here calls home. Footfall declines the telemetry of OpenVINO and ONNX Runtime itself; the "0" in this file and the variable
# ORT_DISABLE_TELEMETRY decline it for what else is run in the container.
RUN useradd --uid 10001 --create-home footfall \
    && install -d -o footfall /data \
    && install -d /home/footfall/intel \
    && printf 0 > /home/footfall/intel/openvino_telemetry
ENV PATH=/opt/footfall/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1
USER 10001
WORKDIR /data
VOLUME /data
# `footfall run` serves nothing that could be asked for its health: how a stream fares is in the topic footfall.health.v1.
HEALTHCHECK NONE
ENTRYPOINT ["footfall"]
CMD ["--help"]
