"""Colours by meaning: one for every role at every depth, classes distinct, ASCII complete."""

import colorsys
from itertools import combinations, product

import pytest
from rich.color import Color, ColorType

from tests.tui.support import DEPTHS, PALETTES
from tui.draw.palette import (
    ASCII_GLYPHS,
    ASCII_HOLLOW,
    CLASSES,
    GLYPHS,
    HOLLOW,
    ROLES,
    TEXTURES,
    UNICODE_TO_ASCII,
    Depth,
    Palette,
    nearest_256,
)
from tui.keys import KEYS

CLASS_NUMBERS = range(len(CLASSES))
each_palette = pytest.mark.parametrize("palette", PALETTES, ids=str)
COLOR_TYPES = {
    "truecolor": {ColorType.TRUECOLOR},
    "256": {ColorType.EIGHT_BIT},
    "16": {ColorType.STANDARD, ColorType.DEFAULT},
}


@each_palette
def test_every_role_has_a_style_within_the_depth(palette: Palette) -> None:
    for role in ROLES:
        style = getattr(palette, role)
        if palette.depth == "none":
            assert style.color is None
        else:
            assert style.color is not None
            assert style.color.type in COLOR_TYPES[palette.depth] | {ColorType.DEFAULT}


@each_palette
def test_the_sign_of_a_number_has_its_own_style(palette: Palette) -> None:
    assert palette.of_sign(0.5) == palette.positive
    assert palette.of_sign(-0.5) == palette.negative
    assert palette.of_sign(0.0) == palette.of_sign(-0.0) == palette.muted


@pytest.mark.parametrize("palette", [p for p in PALETTES if p.depth != "none"], ids=str)
def test_signs_curves_and_classes_do_not_share_a_colour(palette: Palette) -> None:
    assert len({palette.positive.color, palette.negative.color, palette.alert.color, palette.val.color}) == 4
    assert palette.train.color != palette.val.color
    if palette.depth != "16":
        classes = {palette.of_class(number).color for number in range(3)}
        assert classes.isdisjoint(
            {palette.positive.color, palette.negative.color, palette.train.color, palette.val.color}
        )


@pytest.mark.parametrize("palette", [p for p in PALETTES if p.depth != "none"], ids=str)
def test_every_class_has_its_own_colour(palette: Palette) -> None:
    assert len({palette.of_class(number).color for number in CLASS_NUMBERS}) == len(CLASSES)
    fullest = palette.levels - 1
    assert len({palette.shade(number, fullest) for number in CLASS_NUMBERS}) == len(CLASSES)


@pytest.mark.parametrize("palette", [p for p in PALETTES if p.depth in ("truecolor", "256")], ids=str)
def test_a_point_is_seen_on_every_region_of_the_map(palette: Palette) -> None:
    for point, region, level in product(CLASS_NUMBERS, CLASS_NUMBERS, range(palette.levels)):
        color = palette.of_class(point).color
        assert color is not None
        assert color.get_truecolor() != palette.shade(region, level).get_truecolor()


@each_palette
def test_a_class_beyond_the_last_has_a_colour_and_a_glyph(palette: Palette) -> None:
    assert palette.of_class(len(CLASSES)) == palette.of_class(0)
    assert palette.glyph(len(CLASSES)) == palette.glyph(0)


def test_glyphs_and_textures_tell_all_classes_apart() -> None:
    for signs in ((*GLYPHS, *HOLLOW), (*ASCII_GLYPHS, *ASCII_HOLLOW), TEXTURES):
        assert len(set(signs)) == len(signs)
    assert "".join((*ASCII_GLYPHS, *ASCII_HOLLOW)).isascii()
    assert len({texture.translate(UNICODE_TO_ASCII) for texture in TEXTURES}) == len(TEXTURES)


def test_every_translation_is_one_printable_ascii_character() -> None:
    for code, replacement in UNICODE_TO_ASCII.items():
        assert not chr(code).isascii()
        assert chr(replacement).isascii()
        assert chr(replacement).isprintable()


def test_what_the_key_table_says_has_an_ascii_form() -> None:
    plain = Palette(ascii_only=True).plain
    assert all(plain(f"{key.shown}{key.footer}{key.help}").isascii() for key in KEYS)
    assert Palette().plain("Σ ×10 → ↩") == "Σ ×10 → ↩"


@each_palette
def test_the_selected_row_is_marked_and_more_so_with_the_focus(palette: Palette) -> None:
    for role in ("text", "positive", "negative", "muted", "parameter"):
        style = getattr(palette, role)
        focused, other = (palette.selected(style, focused=state) for state in (True, False))
        assert len({str(style), str(focused), str(other)}) == 3


@pytest.mark.parametrize("dark", [True, False])
def test_colours_deepen_with_confidence(dark: bool) -> None:
    palette = Palette(dark=dark)
    for number in CLASS_NUMBERS:
        saturation = []
        for level in range(palette.levels):
            red, green, blue = palette.shade(number, level).get_truecolor()
            saturation.append(max(red, green, blue) - min(red, green, blue))
        assert saturation[0] < saturation[-1]


@pytest.mark.parametrize("number", [16, 21, 67, 131, 196, 231, 233, 244, 254])
def test_a_colour_of_the_256_is_its_own_nearest(number: int) -> None:
    assert nearest_256(*Color.from_ansi(number).get_truecolor()).number == number


def test_hue_survives_in_256_colours() -> None:
    for depth, (a, b) in product(("truecolor", "256"), combinations(range(3), 2)):
        palette = Palette(cast_depth(depth))
        hues = [colorsys.rgb_to_hsv(*palette.shade(number, palette.levels - 1).get_truecolor())[0] for number in (a, b)]
        assert abs(hues[0] - hues[1]) > 0.1


def cast_depth(name: str) -> Depth:
    return next(depth for depth in DEPTHS if depth == name)
