"""Components are chosen by their kind, and bring their own settings along."""

from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint
from itertools import combinations, product
from pathlib import Path
from typing import Any, get_args

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from config import Settings, load_settings, registry
from config.quantities import Fraction
from config.registry import Group, group
from domain.errors import SettingsError


def refusal(file: Path, content: str) -> str:
    file.write_text(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {}, {})
    return str(caught.value).replace(f"{file.parent}/", "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def test_a_kind_alone_may_be_written_as_text() -> None:
    assert Settings.model_validate({"parser": "m2fp"}).parser.kind == "m2fp"


def test_another_kind_in_a_later_layer_leaves_the_keys_of_the_first_behind(file: Path) -> None:
    file.write_text("parser: {kind: m2fp, short_edge: 480, threads: 3}\n")
    settings = load_settings(file, {"--parser": "lite"}, {})
    assert settings.parser == Settings.model_validate({"parser": {"kind": "lite", "threads": 3}}).parser


def test_a_key_of_another_kind_is_refused_with_the_kind_that_has_it(file: Path) -> None:
    assert refusal(file, "parser:\n  short_edge: 480\n") == (
        "parser.short_edge = 480 (shop.yaml:2): no such key of this kind; it belongs to m2fp"
    )


def test_a_mistyped_key_of_a_component_is_refused_with_the_nearest(file: Path) -> None:
    assert refusal(file, "parser:\n  kind: m2fp\n  shortedge: 480\n") == (
        "parser.shortedge = 480 (shop.yaml:3): no such key; did you mean short_edge?"
    )


def test_a_kind_that_does_not_exist_is_refused_with_all_there_are(file: Path) -> None:
    assert refusal(file, "parser: {kind: yolo}\n") == (
        "parser.kind = 'yolo' (shop.yaml:1): must be lite, lite-cc0, m2fp or onnx"
    )


def test_a_section_that_is_none_is_refused(file: Path) -> None:
    assert refusal(file, "parser: 7\n") == (
        "parser = 7 (shop.yaml:1): must be a section with keys of its own: "
        "kind, views, views_per_visit, views_share, executor, precision, threads, input_pixels"
    )


def found(monkeypatch: pytest.MonkeyPatch, *entries: EntryPoint) -> Group:
    monkeypatch.setattr(
        registry, "entry_points", lambda *, group: entries if group == "footfall.parsers" else ()
    )
    return registry.group.__wrapped__("footfall.parsers")


OWN = EntryPoint("m2fp", "pipeline.parsers.m2fp.settings:M2fpSettings", "footfall.parsers")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("no.such.module:Settings", "ModuleNotFoundError: No module named 'no'"),
        (
            "pipeline.parsers.m2fp.settings:Nothing",
            "AttributeError: module 'pipeline.parsers.m2fp.settings' has no",
        ),
        ("config.settings:Settings", "TypeError: config.settings:Settings is no Component"),
        ("pipeline.parsers.lite.settings:LiteSettings", "does not have the kind other"),
    ],
)
def test_a_broken_entry_point_is_one_line_and_the_others_stay(
    monkeypatch: pytest.MonkeyPatch, value: str, line: str
) -> None:
    group = found(monkeypatch, OWN, EntryPoint("other", value, "footfall.parsers"))
    assert list(group.models) == ["m2fp"]
    assert group.broken["other"].startswith(
        "other (footfall.parsers, of the package unknown) cannot be loaded: "
    )
    assert line in group.broken["other"]
    assert "\n" not in group.broken["other"]


def test_no_component_at_all_means_that_footfall_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        SettingsError, match=r"^no component is registered in footfall\.parsers: install footfall again$"
    ):
        found(monkeypatch)


def test_a_name_of_ones_own_needs_a_kind(file: Path) -> None:
    assert refusal(file, "sinks:\n  warehouse: {url: 'sqlite:///w.db'}\n") == (
        "sinks.warehouse.kind = 'warehouse' (shop.yaml:2): must be jsonl, kafka or sql"
    )
    file.write_text("sinks:\n  warehouse: {kind: sql, url: 'sqlite:///w.db'}\n")
    loaded = load_settings(file, {}, {"FOOTFALL_SINKS__WAREHOUSE__URL": "sqlite:///other.db"})
    assert list(loaded.sinks) == ["jsonl", "sql", "warehouse"]
    assert loaded.sinks["warehouse"].model_dump(mode="json")["kind"] == "sql"
    assert loaded.origin(("sinks", "warehouse", "url")) == "environment FOOTFALL_SINKS__WAREHOUSE__URL"


def test_a_component_is_left_out_with_false_and_taken_with_true_or_nothing(file: Path) -> None:
    file.write_text("sinks: {jsonl: false, sql: }\npictures: {overlay: {}, masks: true}\n")
    loaded = load_settings(file, {}, {"FOOTFALL_PICTURES__OVERLAY": "false"})
    assert list(loaded.sinks) == ["sql"]
    assert list(loaded.pictures) == ["masks"]


def test_what_is_switched_on_keeps_its_keys_and_what_has_keys_is_switched_on(file: Path) -> None:
    file.write_text("sinks: {sql: {url: 'sqlite:///w.db'}, jsonl: false}\n")
    kept = load_settings(file, {}, {"FOOTFALL_SINKS__SQL": "true", "FOOTFALL_SINKS__JSONL__KIND": "jsonl"})
    assert kept.origin(("sinks", "sql", "url")) == f"{file}:1"
    assert list(kept.sinks) == ["jsonl", "sql"]


def test_a_kind_as_text_below_takes_keys_from_above(file: Path) -> None:
    file.write_text("parser: m2fp\n")
    parser = load_settings(file, {}, {"FOOTFALL_PARSER__SHORT_EDGE": "320"}).parser
    assert parser.model_dump()["short_edge"] == 320


def declared() -> Iterator[tuple[type[BaseModel], str, FieldInfo]]:
    """Every field of Footfall's own components, where it is declared."""
    groups = ("sources", "parsers", "finders", "trackers", "stages", "sinks", "outlets", "pictures")
    models = {model for name in groups for model in group(f"footfall.{name}").distinct()}
    for model in {base for each in models for base in each.__mro__ if issubclass(base, BaseModel)}:
        for name in vars(model).get("__annotations__", {}):
            if name in model.model_fields and name != "kind":
                yield model, name, model.model_fields[name]


def limits(annotation: Any, metadata: Iterable[Any] = ()) -> list[Any]:
    """Limits as they stand somewhere: those of a shared kind of value are the same objects wherever it is used."""
    found = [each for each in metadata if isinstance(each, Ge | Gt | Le | Lt)]
    for inner in get_args(annotation):
        of_field = inner.metadata if isinstance(inner, FieldInfo) else ()
        found += [*limits(inner, of_field), *([inner] if isinstance(inner, Ge | Gt | Le | Lt) else [])]
    return found


def doubles(fields: Iterable[tuple[type[BaseModel], str, FieldInfo]]) -> list[str]:
    """Fields that say in two models what one could say for both."""
    found = []
    for (one, name, field), (other, other_name, like) in combinations(
        sorted(fields, key=lambda each: (each[1], each[0].__name__)), 2
    ):
        if name != other_name:
            continue
        if field.description == like.description:
            found.append(f"{name}: description in {one.__name__} and {other.__name__}")
        here, there = (limits(each.annotation, each.metadata) for each in (field, like))
        if any(a == b and a is not b for a, b in product(here, there)):
            found.append(f"{name}: limits in {one.__name__} and {other.__name__}")
    return found


def test_no_two_components_declare_the_same_field() -> None:
    fields = list(declared())
    assert len(fields) > 30
    assert not doubles(fields)


def test_a_field_that_is_declared_twice_is_found() -> None:
    class One(BaseModel):
        wait_s: int = Field(ge=1, le=9, description="How long")
        share: Fraction = Field(description="How much")

    class Other(BaseModel):
        wait_s: int | None = Field(default=None, ge=1, le=9, description="How long")
        share: Fraction | None = Field(default=None, description="How little")

    fields = [(model, name, field) for model in (One, Other) for name, field in model.model_fields.items()]
    assert doubles(fields) == ["wait_s: description in One and Other", "wait_s: limits in One and Other"]
