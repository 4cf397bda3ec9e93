"""Frozen values: as frozen dataclasses, in what is used of them."""

import pickle
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from engine.frozen import Frozen


class Place(Frozen):
    """Two fields, one with a default; a class variable is none."""

    x: int
    y: float = 0.5
    unit: ClassVar[str] = "m"


class Named(Place):
    name: str = ""


class Other(Frozen):
    x: int
    y: float


@dataclass(frozen=True)
class Reference:
    x: int
    y: float = 0.5


@pytest.mark.parametrize(("given", "named"), [((1,), {}), ((1, 2.0), {}), ((1,), {"y": 2.0}), ((), {"y": 3.0, "x": 7})])
def test_fields_are_given_by_place_or_name_and_have_defaults(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    place, wanted = Place(*given, **named), Reference(*given, **named)
    assert (place.x, place.y) == (wanted.x, wanted.y)
    assert repr(place) == repr(wanted).replace("Reference", "Place")


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), ((1, 2.0, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1}), ((1,), {"unit": "km"})]
)
def test_other_fields_are_refused(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Place"):
        Place(*given, **named)


def test_nothing_changes() -> None:
    place = Place(1)
    with pytest.raises(AttributeError, match="x"):
        place.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="x"):
        del place.x
    assert place.replaced(y=1.0) == Place(1, 1.0)
    assert place == Place(1)


def test_values_of_one_class_are_equal_by_their_fields() -> None:
    assert Place(1, 2.0) == Place(1, 2.0)
    assert hash(Place(1, 2.0)) == hash(Place(1, 2.0))
    assert len({Place(1), Place(1), Place(2), Other(1, 0.5)}) == 3
    assert Place(1) != Other(1, 0.5)
    assert Place(1) != Named(1)


def test_a_subclass_adds_its_fields() -> None:
    assert Named(1, 2.0, "a").name == Named(1, name="a").name == "a"


def test_a_copy_that_was_sent_is_equal() -> None:
    assert pickle.loads(pickle.dumps(Named(1, name="a"))) == Named(1, name="a")


def test_a_value_is_taken_apart_by_its_fields() -> None:
    match Named(1, 2.0, "a"):
        case Named(x, y, name):
            assert (x, y, name) == (1, 2.0, "a")
