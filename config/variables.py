"""Sections within sections from environment variables, as pydantic-settings makes them; it is imported where a variable is set."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import create_model
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from config.reference import DELIMITER, PREFIX


def read_variables(variables: Mapping[str, str], keys: Iterable[str]) -> dict[str, Any]:
    """The values of those variables, by the keys at the top that they are about; lists and sections are read as JSON."""
    return _Variables(variables, keys)()


class _Variables(EnvSettingsSource):
    """Makes sections within sections of variables; reads those that it is given instead of the process's own."""

    def __init__(self, variables: Mapping[str, str], keys: Iterable[str]) -> None:
        # A bare dict: its values are decoded, too, below whatever names users make up.
        fields: dict[str, Any] = {key: (dict, {}) for key in keys}
        super().__init__(
            create_model("Variables", __base__=BaseSettings, **fields),
            env_prefix=PREFIX,
            env_nested_delimiter=DELIMITER,
        )
        self.env_vars = {name.lower(): text for name, text in variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Decode lists and sections, and leave any other text as it is: the settings know what it has to be."""
        if not value.lstrip().startswith(("[", "{")):
            return value
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value
