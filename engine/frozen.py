"""Frozen: values that can be sent, compared and kept, of classes that cost next to nothing to define."""

from inspect import get_annotations
from typing import Any, ClassVar, Self, dataclass_transform, get_origin


@dataclass_transform(frozen_default=True)
class Frozen:
    """A value with the fields that its class annotates, in their order: as a frozen dataclass in all that is used here.

    A dataclass writes the source of its methods and compiles it, which takes most of a millisecond; forty of them would
    be a tenth of the time until the app's first frame. To make or to hash a value takes several times as long as with a
    dataclass, which is therefore better for what is made or looked up thousands of times. A named tuple is quick in all
    of this, where it may be equal to any tuple of the same items.

    Raises:
        TypeError: there is no such field, or one without a default is not given.
        AttributeError: a field is assigned or deleted.
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = (name for name, kind in get_annotations(cls).items() if get_origin(kind) != ClassVar)  # type: ignore[comparison-overlap]
        cls.__match_args__ = (*cls.__match_args__, *own)  # type: ignore[misc]  # mypy knows them by the transform

    def __init__(self, *given: Any, **named: Any) -> None:
        fields, values = self.__match_args__, self.__dict__
        values.update(zip(fields, given, strict=False))
        values.update(named)
        if len(values) != len(given) + len(named) or not values.keys() <= set(fields):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(fields) or 'none'}")
        for name in fields:
            if name not in values:
                if not hasattr(type(self), name):
                    raise TypeError(f"{type(self).__name__} needs a value for {name}")
                values[name] = getattr(type(self), name)

    def replaced(self, **named: Any) -> Self:
        """The same with other values in these fields."""
        return type(self)(**dict(zip(self.__match_args__, self._values(), strict=True)) | named)

    def _values(self) -> list[Any]:
        return [self.__dict__[name] for name in self.__match_args__]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} can't be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} can't be deleted")

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        fields = zip(self.__match_args__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"
