# Footfall on an ordinary CPU. Both stages run the same scripts as `make setup`, with the same locked dependencies.
FROM python:3.11.14-slim-bookworm AS base
WORKDIR /opt/footfall
COPY scripts/runtime-libraries.sh scripts/install-packages.sh scripts/
RUN scripts/runtime-libraries.sh && rm -rf /var/lib/apt/lists/*

FROM base AS builder
# Byte code is made now, because the running container cannot write it.
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
COPY . .
RUN scripts/setup-env.sh runtime

FROM base
COPY --from=builder /opt/footfall /opt/footfall
# A "0" in this file declines the telemetry of OpenVINO's tools; nothing in here calls home.
RUN useradd --uid 10001 --create-home footfall \
    && install -d -o footfall /data \
    && install -d /home/footfall/intel \
    && printf 0 > /home/footfall/intel/openvino_telemetry
ENV PATH=/opt/footfall/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib
USER 10001
WORKDIR /data
VOLUME /data
# `footfall run` serves nothing that could be asked for its health: how a stream fares is in the topic footfall.health.v1.
HEALTHCHECK NONE
ENTRYPOINT ["footfall"]
CMD ["--help"]
