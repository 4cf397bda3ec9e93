"""The screen: which panels there are at which size, focus and zoom, themes and help, and that any resize is safe."""

from collections.abc import Callable

import pytest
from textual import events
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.widgets import Input
from textual.widgets._toast import Toast

from engine.views.queries import CurvesQuery, MapQuery, ProbeQuery
from tests.tui.running import SIZES, Running, running
from tests.tui.support import DEFAULT, session_of
from tui.draw.text import Line
from tui.draw.themes import THEMES
from tui.panels.panel import Panel
from tui.screens.help import HelpScreen
from tui.workbench.layout import PANELS

TITLES = {
    "graph": "Graph",
    "inspector": "Inspector",
    "boundary": "Boundary",
    "loss": "Loss",
    "parameters": "Parameters",
}
MAIN = ("graph", "inspector", "boundary", "loss")
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def visible(run: Running) -> set[str]:
    """The panels whose frame and title are on the screen."""
    return {name for name, title in TITLES.items() if any(f"─ {title} " in row for row in run.rows())}


def focused(run: Running) -> str | None:
    return run.app.focused.id if run.app.focused else None


@each_size
async def test_all_panels_are_visible_without_a_key(size: tuple[int, int]) -> None:
    async with running(size) as run:
        assert set(MAIN) <= visible(run)
        rows = run.rows()
        assert run.row_widths() == [size[0]] * size[1]
        assert "‖ paused" in rows[0]
        assert "? help" in rows[-1]
        assert " loss " in run.panel("graph")[1]
        assert " data " in run.panel("inspector")[0]
        assert "(●)" in "\n".join(run.panel("boundary"))
        assert "┤" in "\n".join(run.panel("loss"))


async def test_a_large_screen_shows_all_parameters_too() -> None:
    async with running((200, 60)) as run:
        assert visible(run) == set(TITLES)
        await run.press("S")
        shown = " ".join(run.panel("parameters")).split()
        for value in session_of(DEFAULT, 10).parameters:
            assert f"{value:+.4f}" in shown


@each_size
async def test_while_it_plays_every_panel_lives(size: tuple[int, int]) -> None:
    async with running(size, playing=True) as run:
        await run.until(lambda: run.trainer.last and run.last.metrics.step > 5)
        names = [name for name in PANELS if run.workbench.query_one(f"#{name}").display]
        before = {name: run.panel(name) for name in names}
        changed: set[str] = set()

        def all_changed() -> bool:
            changed.update(name for name in names if run.panel(name) != before[name])
            return changed == set(names)

        await run.until(all_changed)


async def test_tab_goes_through_the_panels_and_digits_to_one() -> None:
    async with running((200, 60)) as run:
        order = [focused(run)]
        for _ in PANELS:
            await run.press("tab")
            order.append(focused(run))
        assert order == [*PANELS, PANELS[0]]
        await run.press("shift+tab")
        assert focused(run) == PANELS[-1]
        for number, name in enumerate(PANELS, start=1):
            await run.press(str(number))
            assert focused(run) == name


@each_size
async def test_a_panel_is_zoomed_to_the_whole_screen_and_back(size: tuple[int, int]) -> None:
    async with running(size) as run:
        before = run.rows()
        shown = visible(run)
        for number, name in enumerate(PANELS, start=1):
            await run.hold(str(number), "z")
            assert visible(run) == {name}
            region = run.workbench.query_one(f"#{name}").region
            assert (region.width, region.height) == (size[0], size[1] - 3)
            await run.hold("z")
        await run.press("1")
        assert visible(run) == shown
        assert run.rows()[2:] == before[2:]


async def test_keys_that_come_at_once_mean_what_they_mean_one_by_one() -> None:
    async with running() as run:
        await run.hold("2", "3", "z")
        assert visible(run) == {"boundary"}
        await run.hold("tab", "tab", "z", "4", "z")
        assert visible(run) == {"loss"}


async def test_the_zoom_stays_when_the_focus_moves() -> None:
    async with running() as run:
        await run.press("z")
        assert "z shows all panels" in run.rows()[-1]
        await run.press("tab")
        assert visible(run) == {"inspector"}


async def test_a_panel_without_room_is_shown_alone_and_the_footer_says_the_way_back() -> None:
    async with running() as run:
        await run.press("5")
        assert visible(run) == {"parameters"}
        assert "shows all panels" in run.rows()[-1]
        await run.press("1")
        assert visible(run) == set(MAIN)


async def test_the_footer_has_the_keys_of_the_panel_with_the_focus() -> None:
    async with running() as run:
        assert "d delete" not in run.rows()[-1]
        await run.press("3")
        assert "a add  e move  l class  h split  d delete" in run.rows()[-1]
        await run.press("tab")
        assert "d delete" not in run.rows()[-1]


async def test_the_focused_frame_stands_out() -> None:
    async with running() as run:
        for name in MAIN:
            await run.press(str(PANELS.index(name) + 1))
            edges = {}
            for other in MAIN:
                region = run.workbench.query_one(f"#{other}").region
                edges[other] = run.app.screen.get_style_at(region.x, region.y).color
            assert list(edges.values()).count(edges[name]) == 1


async def test_the_loss_axis_becomes_logarithmic_and_back() -> None:
    async with running() as run:
        await run.press("S", "S")
        before = run.panel("loss")
        await run.press("y")
        assert "─ log axis ─" in run.text()
        assert run.panel("loss") != before
        await run.press("y")
        assert run.panel("loss") == before


async def test_the_theme_changes_every_colour_and_comes_back() -> None:
    async with running() as run:
        dark = run.app.screen.get_style_at(3, 10)
        await run.press("t")
        assert run.app.theme == THEMES[1].name
        light = run.app.screen.get_style_at(3, 10)
        assert light.bgcolor != dark.bgcolor
        text = run.text()
        await run.press("t")
        assert run.app.screen.get_style_at(3, 10) == dark
        assert run.text() == text


async def test_a_theme_of_textuals_own_is_dark_or_light_as_it_says() -> None:
    async with running() as run:
        for name, dark in (("textual-light", False), ("nord", True)):
            run.app.theme = name
            await run.settled()
            assert run.workbench.palette.dark is dark
        await run.press("t")
        assert run.app.theme == THEMES[0].name


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_opens_and_closes_with_the_same_key(key: str) -> None:
    async with running() as run:
        before = run.text()
        await run.press(key)
        assert isinstance(run.app.screen, HelpScreen)
        assert "play or pause" in run.text()
        await run.press(key)
        assert not isinstance(run.app.screen, HelpScreen)
        assert run.text() == before


@pytest.mark.parametrize("key", ["escape", "q", "enter", "space"])
async def test_help_closes_with_other_likely_keys_that_then_do_nothing_else(key: str) -> None:
    async with running() as run:
        await run.press("question_mark")
        await run.press(key)
        assert len(run.app.screen_stack) == 1
        assert run.app.is_running
        assert not run.trainer.playing


async def test_keys_behind_the_help_rest() -> None:
    async with running() as run:
        await run.press("question_mark")
        await run.press("s", "S", "n", "r", "z", "tab", "slash")
        await run.press("escape")
        assert run.step == 0
        assert (run.trainer.spec.seed, run.trainer.spec.config) == (DEFAULT.seed, DEFAULT.config)
        assert visible(run) == set(MAIN)
        assert not isinstance(run.app.focused, Input)


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 6)], ids=str)
async def test_all_of_the_help_can_be_reached(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await run.press("question_mark")
        assert "Training" in run.text()
        await run.press("end")
        await run.until(lambda: "probe." in run.text())
        await run.press("home")
        await run.until(lambda: "Training" in run.text())


async def test_the_help_is_at_its_end_at_once() -> None:
    async with running() as run:
        await run.press("question_mark")
        box = run.app.screen.query_one(VerticalScroll)
        places: list[float] = []

        def note(place: float) -> None:
            places.append(place)

        run.app.watch(box, "scroll_y", note, init=False)
        await run.press("end")
        await run.until(lambda: box.scroll_y == box.max_scroll_y)
        assert places == [box.max_scroll_y], "each place on the way would be a screenful on the link"


async def test_training_goes_on_behind_the_help() -> None:
    async with running(playing=True) as run:
        await run.pilot.press("question_mark")
        before = run.step
        await run.until(lambda: run.step > before)


async def test_the_command_palette_has_every_action_and_runs_it() -> None:
    async with running() as run:
        commands = {command.title for command in run.app.get_system_commands(run.app.screen)}
        assert {
            "One step",
            "Play or pause",
            "Next theme",
            "This help",
            "Faster",
            "Slower",
            "Go to the loss",
        } <= commands
        assert {"Next example as probe", "Previous example as probe", "Next panel", "Previous panel"} <= commands
        assert "Maximize" not in commands, "zoom does that, and knows the panels"
        await run.press("ctrl+p")
        for character in "one step":
            await run.pilot.press("space" if character == " " else character)
        await run.until(lambda: "One step" in run.text())
        await run.pilot.press("down", "enter")
        await run.until(lambda: len(run.app.screen_stack) == 1)
        await run.until(lambda: run.step == 1)


async def test_quit_keys_quit() -> None:
    for key in ("q", "ctrl+q", "ctrl+c"):
        async with running() as run:
            await run.pilot.press(key)
            await run.until(lambda: not run.app.is_running)


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (40, 10)], ids=str)
async def test_below_80x24_there_is_one_panel_and_the_footer_says_what_would_show_the_rest(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        assert visible(run) == {"graph"}
        assert "80x24 shows all panels" in run.rows()[-1]
        for name in (*MAIN[1:], "parameters", "graph"):
            await run.press("tab")
            assert visible(run) == {name}


STORM = ((40, 10), (10, 3), (1, 1), (300, 100), (80, 24), (2, 50), (200, 2), (170, 40), (80, 24))


@pytest.mark.parametrize("keys", [(), ("z",), ("slash",), ("question_mark",), ("ctrl+p",), ("5",)], ids=str)
async def test_any_resize_at_any_moment_is_safe(keys: tuple[str, ...]) -> None:
    async with running((80, 24), playing=True, speed=100) as run:
        await run.pilot.press(*keys)
        for width, height in STORM:
            await run.resize(width, height)
            assert run.row_widths() == [width] * height
        await run.pilot.press("escape")
        await run.pilot.press(*(("z",) if keys == ("z",) else ()), "1", "s")
        await run.settled()
        assert visible(run) == set(MAIN)


async def test_each_panel_survives_every_small_size() -> None:
    async with running() as run:
        await run.hold("S", "E")
        for width, height in ((1, 1), (2, 2), (3, 5), (7, 4), (12, 8), (30, 3)):
            await run.resize(width, height)
            for number in range(1, 6):
                await run.hold(str(number))
                assert run.row_widths() == [width] * height
        await run.resize(80, 24)
        await run.press("1")
        assert visible(run) == set(MAIN)


async def test_a_resize_is_redrawn_at_its_size() -> None:
    async with running() as run:
        for size in ((120, 40), (80, 24), (81, 24), (200, 60)):
            await run.resize(*size)
            async with running(size) as fresh:
                for name in ("boundary", "loss", "inspector"):
                    await run.until(lambda name=name, fresh=fresh: run.panel(name) == fresh.panel(name), name)  # type: ignore[misc]


async def test_only_what_is_on_the_screen_is_asked_for() -> None:
    async with running() as run:
        kinds = (ProbeQuery, MapQuery, CurvesQuery)
        assert all(run.asked(kind) for kind in kinds)
        for name, parts in {
            "graph": (True, False, False),
            "inspector": (True, False, False),
            "boundary": (False, True, False),
            "loss": (False, False, True),
            "parameters": (False, False, False),
        }.items():
            await run.press(str(PANELS.index(name) + 1), "z")
            assert tuple(run.asked(kind) is not None for kind in kinds) == parts, name
            await run.press("z")


async def test_what_is_not_on_the_screen_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as run:
        await run.press("1", "z")
        drawn: list[str] = []
        for name in PANELS:
            panel = run.workbench.panels.named(name)
            monkeypatch.setattr(panel, "draw", noting(name, panel.draw, drawn))
        await run.press("S")
        await run.press("t")
        assert set(drawn) == {"graph"}


def noting(name: str, draw: Callable[[int, int], list[Line]], drawn: list[str]) -> Callable[[int, int], list[Line]]:
    """The same drawing, noted by name."""

    def noted(width: int, height: int) -> list[Line]:
        drawn.append(name)
        return draw(width, height)

    return noted


async def test_the_map_is_as_fine_as_its_panel() -> None:
    for size in SIZES:
        async with running(size) as run:
            query, inside = run.asked(MapQuery), run.workbench.boundary.size
            assert query
            assert (query.grid.columns, query.grid.rows) == (inside.width - 2, 2 * (inside.height - 2))


async def test_curves_are_not_asked_for_with_every_frame() -> None:
    async with running(playing=True) as run:
        asked = [run.asked(CurvesQuery) is not None for _ in range(20)]
        assert sum(asked) <= 2


async def test_an_unchanged_screen_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as run:
        await run.settled()
        sent: list[tuple[Region, ...]] = []
        monkeypatch.setattr(Panel, "refresh", lambda _panel, *regions, **_: sent.append(regions))
        run.trainer.ask()
        await run.settled()
        assert sent == []
        await run.pilot.press("s")
        await run.until(lambda: run.step == 1)
        assert sent


@pytest.mark.parametrize("size", [*SIZES, (40, 10)], ids=str)
async def test_a_message_covers_the_column_at_the_right_only_and_all_of_it_is_seen(size: tuple[int, int]) -> None:
    async with running(size) as run:
        right = run.workbench.loss.region if run.workbench.loss.display else run.app.screen.region
        for count in range(1, 16):
            run.workbench.tell(
                " ".join([f"no/where-{count:02}.csv: not saved"] * min(count, 4) + ["made"] * count), wrong=True
            )
            await run.until(lambda c=count: any(f"where-{c:02}" in notice for notice in run.notices()))  # type: ignore[misc]
            await run.settled()
            (box,) = run.app.screen.query(Toast)
            assert right.contains_region(box.region)
            assert "\n".join(run.rows()[-5:]).count("? help") == 1, "the footer is free"
            shown = " ".join(row[box.region.x + 1 : box.region.right].strip() for row in run.rows()[:-1] if "▌" in row)
            assert shown.split() == run.notices()[0].split()


async def test_what_a_message_says_is_not_markup() -> None:
    async with running() as run:
        for text in ("data[/b].csv: [Errno 2] no such file", "[bold]", "[/]"):
            run.workbench.refresher.notice(text, serious=True)
            await run.until(lambda text=text: run.notices() == [text])  # type: ignore[misc]
            await run.settled()


async def test_pasted_text_does_nothing() -> None:
    async with running() as run:
        run.app.post_message(events.Paste("sSnrqz \x1b[A rm -rf /\n" * 100))
        await run.settled()
        assert run.step == 0
        assert run.app.is_running
        assert (run.trainer.spec.seed, run.trainer.spec.config) == (DEFAULT.seed, DEFAULT.config)


async def test_text_pasted_into_the_search_is_searched_for() -> None:
    async with running() as run:
        await run.press("slash")
        run.app.post_message(events.Paste("h1[5]\nand a second line"))
        await run.settled()
        assert run.workbench.prompt.value.startswith("h1[5]")
        await run.press("escape")
        assert run.step == 0


async def test_ascii_is_ascii_everywhere() -> None:
    async with running((200, 60), ascii_only=True) as run:
        assert run.text().isascii()
        await run.press("S", "E")
        assert run.text().isascii()
        for number in range(1, 6):
            await run.press(str(number), "z")
            assert run.text().isascii()
            await run.press("z")
        await run.press("M")
        assert "arrows  enter types" in run.text(), "< and > are keys of their own"
        assert run.text().isascii()
        await run.press("M")
        await run.press("slash")
        assert run.text().isascii()
        await run.press("escape", "question_mark")
        assert run.text().isascii()
        await run.press("escape")
        run.workbench.refresher.notice(
            "The worker ended (killed by SIGKILL). A new one goes on from step 10.", serious=True
        )
        await run.settled()
        assert run.notices()
        assert run.text().isascii()


def marked(run: Running, row: str, attribute: str) -> str:
    """What has this attribute in the row of the screen that has this text."""
    strip = next(strip for strip in run.app.screen._compositor.render_strips() if row in strip.text)
    return "".join(part.text for part in strip if part.style and getattr(part.style, attribute))


async def test_without_colour_the_cursor_and_the_chosen_row_of_a_list_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running() as run:
        await run.press("L")
        await run.type_text("0.5")
        assert marked(run, "0.5 ", "reverse") == " "
        await run.press("escape", "w")
        await run.type_text("loss < 0.125")
        await run.press("enter")
        assert "loss" not in marked(run, "loss < 0.125", "underline")
        await run.press("down")
        assert "loss < 0.125" in marked(run, "loss < 0.125", "underline")


async def test_without_colour_the_screen_has_none_and_classes_have_textures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running() as run:
        await run.press("S", "S")
        body = "".join(run.panel("boundary"))
        assert {"·", "-"} <= set(body)
        assert "▀" not in body
        colors = {
            color.name
            for strip in run.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
            for color in (segment.style.color, segment.style.bgcolor)
            if color is not None
        }
        assert colors <= {"default"}


async def test_in_sixteen_colours_only_the_terminals_own_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM")
    async with running() as run:
        await run.press("t", "t")
        colors = [
            color
            for strip in run.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
            for color in (segment.style.color, segment.style.bgcolor)
            if color is not None
        ]
        assert all(color.triplet is None for color in colors)
