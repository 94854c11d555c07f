"""Where `footfall run` tells Prometheus how it fares."""

from typing import Annotated, TypeAlias

from pydantic import Field

from config.quantities import Number, Section

MetricsPort: TypeAlias = Annotated[int, Field(ge=0, le=65_535), Number]


class MetricsSettings(Section):
    """Metrics of `footfall run`, for Prometheus. `footfall serve` has them at `/metrics`."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on; whoever reaches it may read names of streams and how they fare",
    )
    port: MetricsPort | None = Field(
        default=None, description="Port to listen on; 0 takes a free one, without any there are no metrics"
    )
