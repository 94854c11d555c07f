"""Kinds of event from packages outside."""

from pathlib import Path

import pytest

from domain.errors import UsageError
from domain.events import DETAILS, Event, FrameObserved, event_classes, event_from_json
from domain.events.registry import OWN_KINDS
from domain.schemas import schemas
from sinks.kafka.cluster import topics
from tests.support.outside import LineCrossed, crossing, installed


class SecondFrame(FrameObserved):
    """Takes the names of another kind."""


def test_a_kind_from_outside_follows_footfalls_own() -> None:
    with installed(crossing=LineCrossed):
        assert event_classes() == (*OWN_KINDS, LineCrossed)
    assert event_classes() == OWN_KINDS


def test_topic_schema_and_reading_follow_from_the_class() -> None:
    with installed(crossing=LineCrossed):
        assert topics()[-1] == "shop.passings.v1"
        assert schemas()["shop.passings.v1.json"]["title"] == "LineCrossed"
        assert event_from_json(crossing().model_dump_json()) == crossing()


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (Path, "shop_events:crossing is not a subclass of domain.events.Event with a topic"),
        (SecondFrame, "it takes a topic, table or event_type of domain.events.frame.FrameObserved"),
    ],
)
def test_what_is_no_kind_is_refused_with_the_package(offered: object, reason: str) -> None:
    with installed(crossing=offered), pytest.raises(UsageError) as caught:
        event_classes()
    assert str(caught.value) == (
        f"the package shop_events:crossing offers the kind of event crossing, which cannot be used: {reason}; "
        "update or uninstall it"
    )


def test_what_cannot_be_imported_is_refused_with_the_reason() -> None:
    with installed(crossing=LineCrossed) as points:
        points[0] = type(points[0])("crossing", "shop_events:gone", points[0].group)
        with pytest.raises(UsageError) as caught:
            event_classes()
    assert str(caught.value) == (
        "the package shop_events:gone offers the kind of event crossing, which cannot be used: "
        "AttributeError: module 'shop_events' has no attribute 'gone'; update or uninstall it"
    )


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_each_kind_says_how_much_it_tells_of_single_people(kind: type[Event]) -> None:
    assert vars(kind).get("detail") in DETAILS


def test_a_kind_that_does_not_say_tells_everything() -> None:
    assert LineCrossed.detail == "full"
    assert LineCrossed.of_people
    assert not LineCrossed.leaves_with("visits")
