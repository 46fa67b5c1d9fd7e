"""What every kind of layer is, and the registry of kinds."""

import re
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, ClassVar, Literal

from core.errors import ArchitectureError
from core.model.layers.call import Glorot, KerasCall
from core.model.layers.effect import Effect, State
from core.model.layers.settings import UNSAID, LayerSetting
from core.settings import defaults

Role = Literal["convolution", "pooling", "other"]

KINDS: dict[str, type["Layer"]] = {}
"""Every kind a network may be built of, by the name of its class, which is Keras' name, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer of some kind; its fields are its settings, see `settings`.

    A subclass that has `letters` is a kind that networks may be built of, and stands in `KINDS`. Its name is that of
    the class in `keras.layers` that it stands for.

    Attributes:
        letters: begin its piece of a link; unlike those of every other kind.
        rank: kinds are offered in this order.
        title: its name in the builder; "": the kind.
        note: what the builder says in place of settings.
        nests: whether it may stand within a residual block.
        draws: the argument of Keras that random numbers come in by: an initializer or "seed"; "": it draws none.
        keeps_shape: whether what it hands on has the shape of what it takes, so that it needs no volume of its own.
        role: what its feature maps are: responses of filters, pooled maps, or something else.
        separate: whether each of its maps is made of the map of the same number alone.
        pictured: whether its maps are worth a picture of their own.
        between: what it is called on the way between two pictured layers; "": not worth a word; None: the kind.
    """

    letters: ClassVar[str]
    rank: ClassVar[int] = 1000
    title: ClassVar[str] = ""
    note: ClassVar[str] = ""
    nests: ClassVar[bool] = True
    draws: ClassVar[str] = ""
    keeps_shape: ClassVar[bool] = False
    role: ClassVar[Role] = "other"
    separate: ClassVar[bool] = False
    pictured: ClassVar[bool] = True
    between: ClassVar[str | None] = None

    def __init_subclass__(cls) -> None:
        if "letters" in cls.__dict__:
            KINDS[cls.__name__] = cls  # twice: a dataclass with slots is made anew

    def __post_init__(self) -> None:
        for name, setting in LayerSetting.of(type(self)).items():
            if problem := setting.values.problem(f"the {setting.label} of {self.kind}", getattr(self, name)):
                raise ArchitectureError(problem)

    @property
    def kind(self) -> str:
        """The name of its class, in Keras as here."""
        return type(self).__name__

    @property
    def label(self) -> str:
        """Its name in drawings."""
        return self.kind

    @property
    def window(self) -> int | None:
        """The side of the window it slides over the layer before, in values; None where it slides none."""
        return None

    @property
    def activation_inside(self) -> str | None:
        """The activation function within the layer, or None where it has none."""
        found = self.call().named.get("activation")
        return found if isinstance(found, str) else None

    def effect(self, state: State) -> Effect:
        """Return what it does to what flows in.

        Raises:
            ArchitectureError: it cannot follow on that.
        """
        raise NotImplementedError

    def call(self, seed: int | None = None) -> KerasCall:
        """Return the call that makes it in Keras.

        Args:
            seed: of its random numbers, where it draws any; None leaves them to chance.
        """
        given = [
            (name, setting.bare, value)
            for name, setting in LayerSetting.of(type(self)).items()
            if (value := getattr(self, name)) != setting.assumed
        ]
        named: dict[str, object] = {name: value for name, bare, value in given if not bare}
        if self.draws and seed is not None:
            named[self.draws] = seed if self.draws == "seed" else Glorot(seed)
        return KerasCall(kind=self.kind, positional=tuple(value for _, bare, value in given if bare), named=named)

    @classmethod
    def fresh(cls) -> dict[str, Any]:
        """Return the JSON of a new layer, as the builder puts it in."""
        begins = {
            name: defaults(cls)[name] if setting.fresh is UNSAID else setting.fresh
            for name, setting in LayerSetting.of(cls).items()
        }
        return {"kind": cls.__name__, **begins}

    def to_json(self) -> dict[str, Any]:
        """Return JSON types that `from_json` understands."""
        return {"kind": self.kind, **{field.name: getattr(self, field.name) for field in fields(self)}}

    @classmethod
    def from_json(cls, options: dict[str, Any]) -> "Layer":
        """Return the layer with these fields.

        Raises:
            ArchitectureError, TypeError: they are not the fields of such a layer.
        """
        return cls(**options)

    def to_text(self) -> str:
        """Return its piece of a link."""
        settings, usual = LayerSetting.of(type(self)).items(), defaults(type(self))
        return self.letters + "".join(setting.write(getattr(self, name), usual[name]) for name, setting in settings)

    @classmethod
    def from_text(cls, piece: str) -> "Layer | None":
        """Return the layer that a piece of a link describes; None where it describes one of another kind.

        Raises:
            ArchitectureError: it is of this kind, and has a value that cannot be.
        """
        if not piece.startswith(cls.letters) or not (found := _pattern(cls.__name__).fullmatch(piece)):
            return None
        groups = zip(LayerSetting.of(cls).items(), found.groups(), strict=True)
        return cls(**{name: setting.read(text) for (name, setting), text in groups if text is not None})


@cache
def _pattern(name: str) -> re.Pattern[str]:
    kind = KINDS[name]
    settings, usual = LayerSetting.of(kind).items(), defaults(kind)
    parts = (setting.pattern(optional=usual[name] is not MISSING) for name, setting in settings)
    return re.compile(re.escape(kind.letters) + "".join(parts))


@cache
def keras_name(kind: str) -> str:
    """Return how Keras calls the first layer of a kind; those after it get a number.

    >>> keras_name("MaxPooling2D"), keras_name("ReLU")
    ('max_pooling2d', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def layer_from_json(data: dict[str, Any]) -> Layer:
    """Return the layer that `Layer.to_json` has described.

    Raises:
        ArchitectureError, KeyError, TypeError: it describes none.
    """
    options = dict(data)
    return KINDS[options.pop("kind")].from_json(options)


def layer_from_text(piece: str) -> Layer:
    """Return the layer that a piece of a link describes.

    Raises:
        ArchitectureError: it describes none.
    """
    for kind in KINDS.values():
        if layer := kind.from_text(piece):
            return layer
    raise ArchitectureError(f'Expected a layer such as "c32" or "m2". Received "{piece[:20]}". Correct the link.')


def offered() -> list[type[Layer]]:
    """Return the kinds in the order in which they are offered."""
    return sorted(KINDS.values(), key=lambda kind: kind.rank)
