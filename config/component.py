"""A part of Footfall that is chosen by its `kind`: its settings, from which it is built.

A component is one frozen pydantic model. It names its own keys, with units, limits and defaults, and builds what they describe.
Flags, environment variables, `footfall check-config`, the JSON Schema and `docs/configuration.md` are read off it. A package from
outside adds one with an entry point (`docs/components.md`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from config.quantities import Section
from domain.errors import MissingExtra


@dataclass(frozen=True, slots=True)
class Flag:
    """Marks a field that `footfall run` also takes as an option, as in `Annotated[Path, Flag("--out")]`.

    Attributes:
        name: As it is typed.
        negative: Of a switch, what turns it off.
        metavar: What stands for the value in the help; the name of the type where it is left out.
        help: For the help of the command; the field's description where it is left out.
    """

    name: str
    negative: str | None = None
    metavar: str | None = None
    help: str | None = None


@dataclass(frozen=True, slots=True)
class BesideNumbers:
    """Marks a field that does not bear on what is counted. Every field without it does: another value makes another analysis.

    Attributes:
        because: Why the numbers are the same, whatever it is.
    """

    because: str


class Component(Section):
    """Base of all components. A subclass for each group fixes `group` and the signature of `build`.

    Attributes:
        group: Entry point group that its kinds are registered in.
        switch: Option of `footfall run` that turns a component of this kind on or off.
        text_form: What its kind looks like as plain text, for messages; None where it has no such form.
        kind: Which component it is; each subclass narrows it to a `Literal`.
    """

    group: ClassVar[str] = ""
    switch: ClassVar[Flag | None] = None
    text_form: ClassVar[str | None] = None

    kind: str

    @classmethod
    def from_text(cls, text: str) -> Mapping[str, Any] | None:
        """The keys that a plain text is short for; None where it means something else than this component.

        Raises:
            ValueError: It resembles what means this component, but is wrong; said where no other component takes it.
        """
        del text
        return None

    @property
    def words(self) -> str:
        """Words that a name can be made from where the user gives none; nothing secret is in them."""
        return self.kind


def is_on(value: Any) -> bool:
    """Whether it stands for a component with its defaults: true, also as text, or nothing at all."""
    return (
        value is True or value is None or (isinstance(value, str) and value.lower() in {"true", "on", "yes"})
    )


def is_off(value: Any) -> bool:
    """Whether it leaves a component out: false, also as text."""
    return value is False or (isinstance(value, str) and value.lower() in {"false", "off", "no"})


_Base = TypeVar("_Base", bound=Component)


@contextmanager
def requires(extra: str, *modules: str) -> Iterator[None]:
    """Import a library that an extra of Footfall brings along.

    Args:
        extra: Its name in `pip install "footfall[NAME]"`.
        modules: Top-level modules that come with it.

    Raises:
        MissingExtra: One of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in modules:
            raise
        raise MissingExtra(f"{error.name} is not installed: {how_to_install(extra)}") from None


def how_to_install(extra: str) -> str:
    """The commands that install an extra, as the end of a message."""
    return f'pip install "footfall[{extra}]", or in a checkout make setup EXTRAS={extra}'


def settings_of(base: type[_Base], component: Component) -> _Base:
    """The settings of a component as what their group promises, so that `build` is known to the type checker."""
    if not isinstance(component, base):
        raise TypeError(f"{component.kind} is no {base.__name__}")
    return component
