"""Parsers: list, load, unload, switch, and try one against another."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from service.answers import Answer, Part
from service.gateway import Admin, Reader
from service.given import JsonOf
from service.models import Trial
from service.parsed import ParserUsed
from service.state import Service, ServiceDep

router = APIRouter(prefix="/api/models")

ModelName: TypeAlias = Annotated[str, Path(max_length=64, description="Name of a parser")]


class ModelShown(Part):
    """A parser that is loaded, or could be."""

    name: str
    loaded: bool
    active: bool = Field(description="Whether cameras, and requests that name none, get it")
    parser: ParserUsed | None = Field(description="What it says of itself; null where it is not loaded")
    about: str = Field(description="What it is, in a sentence")
    licence: str | None = Field(description="Of its weights, in one line; null where it is not known")
    mean_s: float | None = Field(description="Time of a picture lately, seconds; null before the first")


class TrialShown(Part):
    """How two parsers agree."""

    model: str = Field(description="The second one")
    share: float = Field(description="Of requests that name no parser, 0 to 1")
    requests: int = Field(description="How many it has got so far")
    compared: int = Field(description="Pictures that both have parsed")
    same_count: float | None = Field(
        description="Share of these with the same number of persons; null before the first"
    )
    same_pixels: float | None = Field(
        description="Mean share of the persons' pixels that are the same part; null before the first"
    )

    @classmethod
    def of(cls, trial: Trial) -> "TrialShown":
        """As it stands."""
        many = trial.compared
        return cls(
            model=trial.model,
            share=trial.share,
            requests=trial.requests,
            compared=trial.compared,
            same_count=trial.same_count / many if many else None,
            same_pixels=min(1.0, trial.same_pixels / many) if many else None,
        )


class ModelList(Part):
    """All parsers."""

    models: tuple[ModelShown, ...]
    trial: TrialShown | None


class ModelGiven(BaseModel):
    """A parser to load."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(max_length=64, description="Its kind, as in `parser` of the settings")


class ShareGiven(BaseModel):
    """How much a second parser gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float = Field(
        ge=0, le=1, allow_inf_nan=False, description="Of requests that name no parser; 0 ends the trial"
    )


_MODEL, _SHARE = JsonOf(ModelGiven), JsonOf(ShareGiven)


@router.get("", summary="List parsers")
def models(service: ServiceDep, _: Reader) -> Answer[ModelList]:
    """Those that are loaded, and those that could be."""
    return Answer(data=_list(service))


@router.post("", openapi_extra=_MODEL.told, summary="Load a parser")
def load(given: Annotated[ModelGiven, Depends(_MODEL)], service: ServiceDep, _: Admin) -> Answer[ModelList]:
    """Beside the active one; the answer comes when it is there."""
    service.models.load(given.name)
    return Answer(data=_list(service))


@router.delete("/{name}", summary="Unload a parser")
def unload(name: ModelName, service: ServiceDep, _: Admin) -> Answer[ModelList]:
    """What is under way with it is still done."""
    service.models.unload(name)
    return Answer(data=_list(service))


@router.post("/{name}/switch", summary="Use a parser")
def switch(name: ModelName, service: ServiceDep, _: Admin) -> Answer[ModelList]:
    """No request is dropped. Cameras begin again with it; recordings keep theirs."""
    service.models.switch(name)
    return Answer(data=_list(service))


@router.post("/{name}/share", openapi_extra=_SHARE.told, summary="Try a parser on a share of the requests")
def share(
    name: ModelName, given: Annotated[ShareGiven, Depends(_SHARE)], service: ServiceDep, _: Admin
) -> Answer[ModelList]:
    """Results say in `model` whose they are. Every tenth of them is parsed by both, so that their agreement can be told."""
    service.models.try_out(name, given.share)
    return Answer(data=_list(service))


def _list(service: Service) -> ModelList:
    shown = []
    for name in service.models.kinds:
        info, active = service.models.info(name), name == service.models.active
        parser = ParserUsed.of(info) if info else None
        facts, mean_s = service.models.facts(name), service.models.mean_s(name) if info else None
        shown.append(
            ModelShown(
                name=name,
                loaded=info is not None,
                active=active,
                parser=parser,
                about=facts.about,
                licence=facts.licence,
                mean_s=mean_s,
            )
        )
    trial = service.models.trial()
    return ModelList(models=tuple(shown), trial=TrialShown.of(trial) if trial else None)
