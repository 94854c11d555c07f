"""Fields that hold a component: one that is chosen, or several by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SecretStr
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from config.component import Component, is_off, is_on
from config.registry import group


@dataclass(frozen=True, slots=True)
class Chosen:
    """Marks a field that holds one component, chosen by `kind`: `Annotated[Component, Chosen("footfall.parsers", "lite")]`.

    Attributes:
        group: Entry point group.
        default: The kind where none is said; None where the text or the keys must tell.
    """

    group: str
    default: str | None = None

    def models(self) -> Mapping[str, type[Component]]:
        """Models by kind."""
        return group(self.group).models

    def normalized(self, value: Any) -> Any:
        """The same with its `kind`, plain text written out; what is no component's stays as it is, to be refused.

        Raises:
            ValueError: A text that is short for nothing.
        """
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if isinstance(value, str):
            return self._from_text(value)
        if isinstance(value, Mapping) and "kind" not in value and self.default:
            return {"kind": self.default, **value}
        return value

    def _from_text(self, text: str) -> Mapping[str, Any]:
        for model in group(self.group).distinct():
            keys = model.from_text(text)
            if keys is not None:
                return keys
        if text in self.models():
            return {"kind": text}
        forms = [model.text_form for model in group(self.group).distinct() if model.text_form]
        raise ValueError(f"must be {_listed(forms or list(self.models()))}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept any component of the group."""
        del source
        return core_schema.no_info_before_validator_function(
            self.normalized, handler.generate_schema(_union(self.group))
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """What an editor shows: the keys of each kind, or its plain text."""
        made = _any_kind(handler(schema), handler, self.default)
        forms = [model.text_form for model in group(self.group).distinct() if model.text_form]
        text = {"type": "string", "description": _listed(forms or list(self.models()))}
        return {"anyOf": [text, *made]}


@dataclass(frozen=True, slots=True)
class Named:
    """Marks a field that holds components of a group by name; the name is the kind too, unless `kind` says otherwise.

    `false` or nothing in the place of the keys leaves a component out, `true` takes it with its defaults.

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


def choice_of(field: FieldInfo) -> Chosen | Named | None:
    """The mark of a field that holds components."""
    return next((mark for mark in field.metadata if isinstance(mark, Chosen | Named)), None)


def _union(name: str) -> Any:
    models = group(name).distinct()
    return Annotated[Union[models], Field(discriminator="kind")] if len(models) > 1 else models[0]  # noqa: UP007


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
