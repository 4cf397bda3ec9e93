"""The confusion matrix and the misclassified examples, from the keyboard; and stopping as it was asked for."""

import pytest

from engine.examples import ALL, Located
from engine.views.queries import OutcomesQuery
from engine.views.reader import Reader
from tests.tui.running import Running, running
from tests.tui.support import DEFAULT, session_of
from tui.run.spec import RunSpec
from tui.worker.intents import Edit, Step

SIZES = [(80, 24), (120, 40), (200, 60)]
EIGHT = RunSpec("blobs", points=400, noise=0.9, classes=8)


def words(run: Running, row: int) -> list[str]:
    return run.panel("parameters")[row].split()


def first_row(run: Running) -> int:
    """The row of the panel on which the list begins."""
    return next(row for row, line in enumerate(run.panel("parameters")) if line.split()[:2] == ["loss", "example"]) + 1


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_one_key_shows_the_matrix_and_the_most_wrong_example_first(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await run.press("S", "C")
        found = Reader(session_of(DEFAULT, 10)).outcomes(ALL)
        assert run.app.focused is run.workbench.parameters
        assert f"{100 - found.wrong} of 100 right" in run.panel("parameters")[0]
        for label, row in enumerate(found.counts):
            shown = [str(count) if count else "·" for count in row[:3]]
            assert words(run, 2 + label)[-4:-1] == shown
        worst = found.mistake(0)
        assert words(run, first_row(run))[:3] == [f"{worst.loss:.4f}", worst.split, str(worst.index)]


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_enter_makes_the_example_at_the_cursor_the_probe(size: tuple[int, int]) -> None:
    async with running(size) as run:
        await run.press("S", "C", "down", "down", "enter")
        third = Reader(session_of(DEFAULT, 10)).outcomes(ALL).mistake(2)
        assert run.last.choice
        assert (run.last.choice.split, run.last.choice.index) == (third.split, third.index)
        beside = size == (200, 60)
        assert run.app.focused is (run.workbench.parameters if beside else run.workbench.graph)
        assert f"probe {third.split} {third.index}" in run.text()
        if not beside:
            await run.press("C")
        assert words(run, first_row(run) + 2)[0] == "›"


async def test_eight_classes_fit_at_80x24_with_the_list_scrolled_to_its_end() -> None:
    async with running((80, 24), EIGHT) as run:
        await run.press("C")
        found = Reader(session_of(EIGHT)).outcomes(ALL)
        for label in range(8):
            assert words(run, 2 + label)[:3] == [run.workbench.palette.glyph(label), "blob", str(label + 1)]
            assert words(run, 2 + label)[-1].endswith("%")
        await run.press("end")
        last = found.mistake(found.wrong - 1)
        assert words(run, -1)[:3] == [f"{last.loss:.4f}", last.split, str(last.index)]
        await run.press("home", "pagedown", "up", "enter")
        assert run.last.choice
        assert (run.last.choice.split, run.last.choice.index) in [
            (found.mistake(row).split, found.mistake(row).index) for row in range(5, 25)
        ]


async def test_o_goes_through_the_splits() -> None:
    async with running() as run:
        await run.press("C")
        for split, examples in (("train", 80), ("val", 10), ("test", 10), (ALL, 100)):
            await run.press("o")
            assert run.asked(OutcomesQuery) == OutcomesQuery(split)
            assert f" of {examples} right" in run.panel("parameters")[0]


async def test_it_follows_each_step_and_is_computed_only_while_it_is_shown() -> None:
    async with running() as run:
        assert run.last.part(OutcomesQuery) is None
        await run.press("C")
        for step in (1, 2):
            await run.press("s")
            assert run.last.part(OutcomesQuery) == Reader(session_of(DEFAULT, step)).outcomes(ALL)
        await run.press("right", "s")
        assert run.workbench.parameters.view == "matrices"
        assert run.last.part(OutcomesQuery) is None
        await run.press("left", "1", "s")
        assert run.last.part(OutcomesQuery) is None, "at 80x24 the panel is behind the others"
        await run.press("5")
        assert f"{100 - Reader(session_of(DEFAULT, 4)).outcomes(ALL).wrong} of 100 right" in run.panel("parameters")[0]


async def test_an_edit_of_the_data_is_seen_at_once_and_a_split_that_is_gone_gives_way() -> None:
    async with running() as run:
        await run.press("C", "o", "o", "o")
        assert run.asked(OutcomesQuery) == OutcomesQuery("test")
        examples = run.workbench.dataset.splits["test"]
        run.trainer.send(Edit(tuple(Located("test", example) for example in examples), (), "delete"))
        await run.until(lambda: run.asked(OutcomesQuery) == OutcomesQuery(ALL))
        run.trainer.ask()
        await run.until(lambda: " of 90 right" in run.panel("parameters")[0])


async def test_nothing_wrong_is_said_and_enter_does_nothing() -> None:
    async with running(spec=RunSpec("circles")) as run:
        run.trainer.send(Step(300))
        await run.until(lambda: run.step == 300)
        before = run.last.choice
        await run.press("C", "down", "end", "enter", "pageup", "o", "o")
        assert "No example of these is misclassified" in run.text()
        assert run.last.choice == before
        assert run.app.focused is run.workbench.parameters


async def test_another_run_starts_with_all_splits_and_its_own_classes() -> None:
    async with running() as run:
        await run.press("C", "o", "down", "n")
        await run.until(lambda: run.trainer.spec.seed == 43 and run.last.part(OutcomesQuery))
        await run.settled()
        assert run.asked(OutcomesQuery) == OutcomesQuery(ALL)
        assert " of 100 right" in run.panel("parameters")[0]


async def test_a_click_puts_the_cursor_on_a_row_and_a_second_makes_it_the_probe() -> None:
    async with running((200, 60)) as run:
        await run.press("C")
        row = first_row(run)
        for _ in range(2):
            await run.pilot.click("#parameters", offset=(5, row + 1 + 1))
            await run.settled()
        second = Reader(session_of(DEFAULT)).outcomes(ALL).mistake(1)
        assert run.last.choice
        assert (run.last.choice.split, run.last.choice.index) == (second.split, second.index)


async def test_the_palette_leads_to_it() -> None:
    async with running() as run:
        (command,) = [each for each in run.app.get_system_commands(run.app.screen) if "isclassified" in each.title]
        await command.callback()
        await run.settled()
        assert run.workbench.parameters.view == "classes"
        assert " of 100 right" in run.panel("parameters")[0]


@pytest.mark.parametrize("condition", ["loss < 0.6", "val loss not better for 5"])
async def test_a_run_that_was_started_with_a_condition_stops_at_its_step_and_says_so(condition: str) -> None:
    async with running(playing=True, conditions=(condition,)) as run:
        await run.until(run.notices)
        await run.settled()
        assert not run.trainer.playing
        assert f"true from step {run.step}." in " ".join(run.notices()[0].split())
        stopped = run.step
        await run.press("n")
        await run.until(lambda: run.trainer.spec.seed == 43 and run.last.metrics.step == 0)
        await run.press("space")
        await run.until(lambda: not run.trainer.playing)
        assert run.step > 0
        assert run.trainer.conditions == (condition,)
        assert stopped > 0


@pytest.mark.parametrize("size", [*SIZES, (45, 9)], ids=str)
async def test_why_it_stopped_stays_in_the_footer_until_it_goes_on_or_elsewhere(size: tuple[int, int]) -> None:
    def told() -> bool:
        return "stopped: step >= 10" in run.rows()[-1]

    async with running(size, playing=True, conditions=("step >= 10",)) as run:
        await run.until(told)
        run.app.clear_notifications()
        await run.press("1", "tab", "]", "L", "escape")
        assert run.step == 10
        assert told(), "it still stands there"
        await run.press("b")
        assert not told()
        await run.press("s")
        await run.until(told, "it turned true again")
        await run.press("s")
        assert not told()
        await run.press("g")
        await run.type_text("10")
        await run.press("enter")
        await run.until(lambda: run.step == 10)
        assert not told(), "it was gone to, and did not stop there"


async def test_where_a_search_found_its_step_that_stays_in_sight_too() -> None:
    async with running() as run:
        await run.press("S", "w")
        await run.type_text("step >= 7")
        await run.press("enter", "down", "enter")
        await run.until(lambda: "first step with step >= 7" in run.rows()[-1])
        await run.press("space")
        await run.until(lambda: run.step > 7)
        assert "first step" not in run.rows()[-1]


async def test_micro_stepping_has_the_footer_while_it_lasts() -> None:
    async with running(playing=True, conditions=("step >= 10",)) as run:
        await run.until(lambda: "stopped: step >= 10" in run.rows()[-1])
        await run.press("m")
        assert "by node" in run.rows()[-1]
        await run.press("escape")
        assert "stopped: step >= 10" in run.rows()[-1]


async def test_it_is_safe_at_any_size() -> None:
    async with running(spec=EIGHT) as run:
        await run.press("C", "end")
        for size in ((20, 6), (2, 3), (1, 1), (45, 9), (79, 16), (200, 60), (80, 24)):
            await run.resize(*size)
            await run.press("up", "pagedown")
        assert " of 400 right" in run.panel("parameters")[0]
