"""Panels tile the screen at every size; small screens have one panel."""

import pytest
from textual.geometry import Region

from tui.workbench.layout import FULL_HEIGHT, FULL_WIDTH, PANELS, arrange

MAIN = ("graph", "inspector", "boundary", "loss")


def assert_tiles(regions: dict[str, Region], width: int, height: int) -> None:
    """The regions cover the screen exactly: no cell free, none covered twice."""
    assert sum(region.area for region in regions.values()) == width * height
    screen = Region(0, 0, width, height)
    shown = [region for region in regions.values() if region.area]
    assert all(screen.contains_region(region) for region in shown)
    for number, region in enumerate(shown):
        assert not any(region.overlaps(other) for other in shown[:number])


def test_all_main_panels_tile_the_screen_from_80x24_up() -> None:
    for width in range(FULL_WIDTH, 251, 1):
        for height in range(FULL_HEIGHT, 81):
            regions = arrange(width, height, "graph", zoomed=False)
            assert_tiles(regions, width, height)
            assert set(MAIN) <= regions.keys()
            assert all(regions[name].width >= 20 and regions[name].height >= 8 for name in MAIN)


def test_parameters_are_shown_where_there_is_room() -> None:
    assert "parameters" in arrange(200, 60, "graph", zoomed=False)
    assert "parameters" not in arrange(80, 24, "graph", zoomed=False)


@pytest.mark.parametrize("focused", PANELS)
def test_the_focused_panel_is_always_shown(focused: str) -> None:
    for width, height in ((80, 24), (120, 40), (200, 60), (79, 24), (80, 23), (1, 1)):
        for zoomed in (True, False):
            assert focused in arrange(width, height, focused, zoomed=zoomed)


@pytest.mark.parametrize("focused", PANELS)
def test_zoomed_one_panel_has_the_room_of_all(focused: str) -> None:
    regions = arrange(120, 40, focused, zoomed=True)
    assert regions.keys() == {"header", "footer", focused}
    assert_tiles(regions, 120, 40)


def test_below_80x24_one_panel_tiles_the_screen_with_header_and_footer() -> None:
    for width in range(1, 101):
        for height in range(1, 31):
            if width < FULL_WIDTH or height < FULL_HEIGHT:
                regions = arrange(width, height, "loss", zoomed=False)
                assert regions.keys() == {"header", "footer", "loss"}
                assert_tiles(regions, width, height)


def test_nothing_is_drawn_on_a_screen_of_no_size() -> None:
    for width, height in ((0, 0), (0, 24), (80, 0)):
        assert all(region.area == 0 for region in arrange(width, height, "graph", zoomed=False).values())


def test_the_settings_take_the_place_of_their_column_and_leave_boundary_and_loss_where_they_were() -> None:
    for width in range(FULL_WIDTH, 251, 3):
        for height in range(FULL_HEIGHT, 81):
            without = arrange(width, height, "graph", zoomed=False)
            regions = arrange(width, height, "settings", zoomed=False, settings=True)
            assert_tiles(regions, width, height)
            assert all(regions[name] == without[name] for name in ("boundary", "loss"))
            assert regions["settings"].width >= 46
            assert all(region.height >= 8 for name, region in regions.items() if name in MAIN)
    assert "graph" in arrange(200, 60, "settings", zoomed=False, settings=True)
    assert "parameters" in arrange(200, 60, "settings", zoomed=False, settings=True)


@pytest.mark.parametrize(
    ("width", "height", "zoomed"), [(79, 24, False), (80, 23, False), (1, 1, False), (99, 40, True)]
)
def test_settings_with_the_focus_are_shown_alone_where_one_panel_is(width: int, height: int, zoomed: bool) -> None:
    regions = arrange(width, height, "settings", zoomed=zoomed, settings=True)
    assert regions.keys() == {"header", "footer", "settings"}
    assert_tiles(regions, width, height)


def test_header_and_footer_keep_their_places() -> None:
    for width, height in ((80, 24), (200, 60), (40, 10)):
        regions = arrange(width, height, "graph", zoomed=False)
        assert regions["header"] == Region(0, 0, width, 2)
        assert regions["footer"] == Region(0, height - 1, width, 1)


def test_larger_screens_give_every_panel_more_room() -> None:
    small, large = (arrange(*size, "graph", zoomed=False) for size in ((80, 24), (120, 40)))
    assert all(large[name].area > small[name].area for name in MAIN)
