"""The settings of the outlet `spool`."""

import logging
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from config.keeping import OTHERS
from config.quantities import Number, Seconds
from domain.errors import NoRoom
from domain.events import event_classes
from domain.events.registry import OWN_KINDS
from sinks.outlet import EventOutlet, OutletContext, OutletSettings, UnfinishedRun, in_memory
from sinks.spool.opening import remove_spool
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.retention import RetentionOptions
from sinks.spool.store import SpoolStore

_log = logging.getLogger(__name__)

_DAY_S = 86_400.0

_CommitSeconds: TypeAlias = Annotated[float, Field(gt=0, le=10, allow_inf_nan=False), Number]
_Megabytes: TypeAlias = Annotated[int, Field(ge=8, le=1_048_576)]


class SpoolSettings(OutletSettings):
    """On disk until every sink has them; what waits when a run ends or dies is sent by the next one."""

    kind: Literal["spool"] = "spool"
    limit_mb: _Megabytes = Field(
        default=2048,
        description="How large the spool may become, megabytes; then recordings wait, and cameras drop frames, until there is room",
    )
    keep_mb: _Megabytes = Field(
        default=64, description="How much is kept of what every sink has, megabytes; the oldest goes first"
    )
    keep_s: Seconds = Field(default=86_400.0, description="How long what every sink has is kept")
    commit_every_s: _CommitSeconds = Field(
        default=0.05, description="How long events may wait for others to be written with them"
    )

    def look_back(self, spool: Path) -> UnfinishedRun | None:
        """See `OutletSettings.look_back`."""
        if not spool.exists():
            return None
        with closing(SpoolStore(spool, limit_bytes=self.limit_mb << 20)) as store:
            found = store.unfinished_run()
            if found is None:
                return None
            run_id, fingerprint = found
            at_ms = store.last_at_ms(run_id)
            last_at = None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)
            return UnfinishedRun(run_id, fingerprint, store.states(run_id), last_at)

    def build(self, context: OutletContext) -> EventOutlet:
        """See `OutletSettings.build`. Where the disk has no room for a spool, events wait in memory, and the log says so.

        Raises:
            NoRoom: The run goes on with one that was cut off, of which the spool alone knows where it was.
        """
        try:
            return self._spooled(context)
        except NoRoom as problem:
            if context.goes_on:
                raise
            _log.error(
                "%s; this run keeps events in memory, so what a store has not taken when it ends is lost",
                problem,
            )
            return in_memory(context)

    def _spooled(self, context: OutletContext) -> EventOutlet:
        run = SpoolRun(
            run_id=context.run_id,
            fingerprint=context.fingerprint,
            sinks=context.sinks,
            fresh=context.fresh,
            passing=context.passing,
            endless=context.live,
            opening=context.opening,
            carried=context.carried,
        )
        is_new = not context.spool.exists()
        store = SpoolStore(context.spool, limit_bytes=self.limit_mb << 20)
        try:
            return SpoolOutlet(
                store,
                run,
                options=SpoolOptions(commit_every_s=self.commit_every_s),
                retention=RetentionOptions(
                    keep_bytes=self.keep_mb << 20,
                    keep_s=self.keep_s,
                    keep_s_of=_seconds_by_kind(context.keep_days),
                ),
            )
        except BaseException:
            store.close()
            if is_new:
                remove_spool(context.spool)
            raise


def _seconds_by_kind(days: Mapping[str, float]) -> dict[str, float]:
    """How long events may stay by `privacy.keep_days`, by kind."""
    keys = {kind.kind(): kind.table.name if kind in OWN_KINDS else OTHERS for kind in event_classes()}
    return {kind: days[key] * _DAY_S for kind, key in keys.items() if key in days}
