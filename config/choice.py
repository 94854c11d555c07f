"""Fields that hold a component: one that is chosen, or several by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SecretStr, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from config.address_files import from_file
from config.component import Component, is_off, is_on
from config.quantities import Section
from config.registry import group


@dataclass(frozen=True, slots=True)
class Chosen:
    """Marks a field that holds one component, chosen by `kind`: `Annotated[Component, Chosen("footfall.parsers", "lite")]`.

    Attributes:
        group: Entry point group.
        default: The kind where none is said; None where the text or the keys must tell.
        addresses: Whether a text may be an address, so that it may stand in an `@FILE`.
        optional: Whether there may be none: null, or `none` as text.
    """

    group: str
    default: str | None = None
    addresses: bool = False
    optional: bool = False

    def models(self) -> Mapping[str, type[Component]]:
        """Models by kind."""
        return group(self.group).models

    def normalized(self, value: Any) -> Any:
        """The same with its `kind`, plain text written out; what is no component's stays as it is, to be refused.

        Raises:
            ValueError: A text that is short for nothing.
        """
        if self.optional and value in (None, "none"):
            return None
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if isinstance(value, str):
            return self._from_text(value)
        if isinstance(value, Mapping) and "kind" not in value and self.default:
            return {"kind": self.default, **value}
        if isinstance(value, Mapping) and not self.addresses:
            return {**value, **self._short(value.get("kind"))}
        return value

    def _short(self, kind: Any) -> Mapping[str, Any]:
        """The keys that a text in the place of a kind is short for, as options give it; none where it is a kind."""
        if not isinstance(kind, str) or kind in self.models():
            return {}
        found = (model.from_text(kind) for model in group(self.group).distinct())
        return next((keys for keys in found if keys is not None), {})

    def _from_text(self, text: str) -> Mapping[str, Any]:
        text = from_file(text) if self.addresses else text
        refused: list[ValueError] = []
        for model in group(self.group).distinct():
            try:
                keys = model.from_text(text)
            except ValueError as error:
                refused.append(error)
                continue
            if keys is not None:
                return keys
        if text in self.models() and not self.addresses:
            return {"kind": text}
        if refused:
            raise refused[0]
        forms = [model.text_form for model in group(self.group).distinct() if model.text_form]
        raise ValueError(f"must be {_listed(forms or list(self.models()))}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept any component of the group."""
        del source
        components = handler.generate_schema(_union(self.group))
        return core_schema.no_info_before_validator_function(
            self.normalized, core_schema.nullable_schema(components) if self.optional else components
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """What an editor shows: the keys of each kind, or its plain text."""
        shown = handler(schema)
        if self.optional:
            return {"anyOf": [{"type": "null"}, *self._shown(shown["anyOf"][0], handler)]}
        return {"anyOf": self._shown(shown, handler)}

    def _shown(self, schema: JsonSchemaValue, handler: GetJsonSchemaHandler) -> list[JsonSchemaValue]:
        made = _any_kind(schema, handler, self.default)
        forms = [model.text_form for model in group(self.group).distinct() if model.text_form]
        text = {"type": "string", "description": _listed(forms or list(self.models()))}
        return [text, *made]


@dataclass(frozen=True, slots=True)
class Named:
    """Marks a field that holds components of a group by name; the name is the kind too, unless `kind` says otherwise.

    `false` in the place of the keys leaves a component out, `true` or nothing takes it with its defaults.

    Attributes:
        group: Entry point group.
        defaults: Names of those that are there without being asked for.
    """

    group: str
    defaults: tuple[str, ...] = ()

    def models(self) -> Mapping[str, type[Component]]:
        """Models by kind."""
        return group(self.group).models

    def normalized(self, value: Any) -> Any:
        """The same with those that are there by default, each with its `kind`, without those that are left out."""
        if value is None:
            # A name with nothing but comments below it.
            value = {}
        if not isinstance(value, Mapping):
            return value
        entries = {**dict.fromkeys(self.defaults, True), **value}
        return {name: self._entry(str(name), entry) for name, entry in entries.items() if not is_off(entry)}

    def _entry(self, name: str, entry: Any) -> Any:
        if is_on(entry):
            return {"kind": name}
        if isinstance(entry, Mapping) and "kind" not in entry:
            return {"kind": name, **entry}
        return entry

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept a mapping from names to components of the group."""
        del source
        items = handler.generate_schema(_union(self.group))
        return core_schema.no_info_before_validator_function(
            self.normalized, core_schema.dict_schema(core_schema.str_schema(), items)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """What an editor shows: the keys of each kind under its own name, and any other name with a `kind`."""
        items = handler(schema)["additionalProperties"]
        switch: list[JsonSchemaValue] = [{"type": "boolean"}, {"type": "null"}]
        named = {kind: {"anyOf": [*_one_kind(items, handler, kind), *switch]} for kind in self.models()}
        return {
            "type": "object",
            "properties": named,
            "additionalProperties": {"anyOf": [*_any_kind(items, handler, None), *switch]},
        }


NOTHING: Any = {}
"""Nothing given: everything as it is by default."""


@dataclass(frozen=True, slots=True)
class AsAbove:
    """Marks a field of a camera: what is not given there is taken from the field of the same name at the top."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Marks a field that holds, by kind, what is taken where a component of that kind does not say it itself.

    Attributes:
        group: Entry point group.
    """

    group: str

    def model(self) -> type[Section]:
        """A section for each kind of which anything may be left out."""
        return _defaults(self.group)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept some of the keys of some of the kinds."""
        del source
        return handler.generate_schema(self.model())


@cache
def _defaults(name: str) -> type[Section]:
    found: dict[str, Any] = {}
    for kind, model in group(name).models.items():
        fields: dict[str, Any] = {
            key: (field.annotation, field)
            for key, field in model.model_fields.items()
            if key != "kind" and not field.is_required()
        }
        if fields:
            section = create_model(f"{model.__name__}Defaults", __base__=Section, **fields)
            section.__doc__ = model.__doc__
            found[kind] = (section | None, Field(default=None, description=f"Of all sources of kind {kind}"))
    return create_model("Defaults", __base__=Section, **found)


def choice_of(field: FieldInfo) -> Chosen | Named | None:
    """The mark of a field that holds components."""
    return next((mark for mark in field.metadata if isinstance(mark, Chosen | Named)), None)


def _union(name: str) -> Any:
    models = group(name).distinct()
    return Annotated[Union[models], Field(discriminator="kind")] if len(models) > 1 else models[0]  # noqa: UP007 - of any number


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _any_kind(
    schema: JsonSchemaValue, handler: GetJsonSchemaHandler, default: str | None
) -> list[JsonSchemaValue]:
    """Schemas of all kinds; all but the default one need their `kind` said."""
    made = []
    for reference in schema.get("oneOf", [schema]):
        kinds = _kinds(handler.resolve_ref_schema(reference))
        needed = {} if default in kinds else {"required": ["kind"]}
        made.append({**reference, **needed})
    return made


def _one_kind(schema: JsonSchemaValue, handler: GetJsonSchemaHandler, kind: str) -> list[JsonSchemaValue]:
    references = schema.get("oneOf", [schema])
    return [one for one in references if kind in _kinds(handler.resolve_ref_schema(one))]


def _kinds(schema: JsonSchemaValue) -> tuple[str, ...]:
    kind = schema["properties"]["kind"]
    return tuple(kind.get("enum", [kind.get("const")]))
