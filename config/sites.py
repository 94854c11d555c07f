"""Sites: cameras of one name are counted together, so they must go by the same rules."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from config.cameras import CameraSettings


@runtime_checkable
class SharesSite(Protocol):
    """Settings of a stage that joins what cameras of one site see."""

    @property
    def site(self) -> str | None:
        """Its name; None where the camera stands alone."""
        ...

    @property
    def site_rules(self) -> Mapping[str, float]:
        """Values of the keys that must be the same for all cameras of a site."""
        ...


def check_sites(cameras: Sequence[CameraSettings]) -> None:
    """Whether the cameras of each site have the same rules for it.

    Raises:
        ValueError: One line that names the two cameras, the key and the cure.
    """
    first: dict[tuple[str, str], tuple[int, SharesSite]] = {}
    for position, camera in enumerate(cameras):
        for name, stage in camera.analytics.items():
            if not isinstance(stage, SharesSite) or stage.site is None:
                continue
            before, other = first.setdefault((stage.kind, stage.site), (position, stage))
            for key, value in stage.site_rules.items():
                if value != other.site_rules[key]:
                    raise ValueError(
                        f"cameras[{before}] and cameras[{position}] are of the site {stage.site} and differ in "
                        f"analytics.{name}.{key}, {other.site_rules[key]:g} and {value:g}; write it once, above the "
                        "cameras, or the same for each"
                    )
