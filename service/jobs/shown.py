"""What the API takes and says of jobs."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field

from domain.moments import check_moment
from service.answers import Part
from service.parsed import ParseOptions

JobKind: TypeAlias = Literal["pictures", "recording"]
JobState: TypeAlias = Literal["accepted", "running", "done", "failed", "cancelled"]
FileKind: TypeAlias = Literal["result", "events", "overlay", "report", "parts", "persons", "label-maps"]

ENDED: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


def _possible(moment: datetime) -> datetime:
    check_moment(moment)
    return moment


class JobOptions(ParseOptions):
    """What may be asked for, beside pictures or a recording."""

    label_maps: bool = Field(
        default=False, description="Also the label maps as PNG files: in a ZIP file of a recording"
    )
    fps: float | None = Field(
        default=None,
        gt=0,
        le=60,
        allow_inf_nan=False,
        description="Pictures of a recording to look at each second; as `sampling.fps` of the settings where it is left out",
    )
    recorded_at: Annotated[AwareDatetime, AfterValidator(_possible)] | None = Field(
        default=None, description="When a recording began; else what the file itself says"
    )


class JobFile(Part):
    """Something that a job has made."""

    kind: FileKind = Field(
        description="`result` is JSON: of pictures what `/batch/parse` answers, of a recording its summary; `parts` and `persons` "
        "are the two label maps of a picture, `label-maps` all those of a recording"
    )
    picture: int | None = Field(description="Of which picture, counted from 0; null of the whole job")
    url: str = Field(description="Where it can be fetched until the job expires")
    media_type: str
    bytes: int = Field(ge=0)


class JobProgress(Part):
    """How far a job is."""

    share: float | None = Field(default=None, ge=0, le=1, description="0 to 1; null where nobody knows")
    pictures: int = Field(default=0, ge=0, description="Pictures that were dealt with")
    media_s: float | None = Field(default=None, description="How far in the recording, seconds")
    duration_s: float | None = Field(default=None, description="Its length, where that is known, seconds")
    visits: int = Field(default=0, ge=0, description="Visits that have ended so far")

    def behind(self, before: "JobProgress") -> "JobProgress":
        """The same, no less far than before: a recording that goes on is read from its beginning to where it was."""
        if self.pictures < before.pictures or self.share is None or before.share is None:
            return self
        furthest = max(self, before, key=lambda one: one.share or 0)
        return self.model_copy(update={"share": furthest.share, "media_s": furthest.media_s})


class JobProblem(Part):
    """Why it failed; or, of a job that is done, why a part is missing."""

    code: int = Field(ge=1, description="As of an error, see docs/service.md")
    message: str


class JobShown(Part):
    """A job."""

    id: str
    kind: JobKind
    state: JobState = Field(
        description="`accepted` waits for its turn; `done`, `failed` and `cancelled` are final"
    )
    owner: str = Field(description="Name of the key that has sent it")
    model: str = Field(description="Name of the parser")
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    expires_at: AwareDatetime | None = Field(
        description="When it is forgotten, and its results with it; null before it has ended"
    )
    progress: JobProgress
    problem: JobProblem | None
    files: tuple[JobFile, ...] = Field(description="When it is done")


class Jobs(Part):
    """A page of jobs, the newest first."""

    jobs: tuple[JobShown, ...]
    next: str | None = Field(description="Send it as `after` for the following page; null on the last")
