"""The few words in front of the keys in the footer: what a person needs most where things stand as they do."""

from tui.workbench.layout import FULL_HEIGHT, FULL_WIDTH


def hint_of(
    *, searching: bool, reason: str, small: bool, micro_unit: str, in_hand: str, zoomed: bool, covered: bool,
    diverged: bool,
) -> str:  # fmt: skip
    """The hint, or nothing.

    `searching`: the first step with a condition is looked for; `reason`: why the run stands where it does; `small`:
    there is room for one panel only; `micro_unit` is by what micro-stepping goes, empty without it; `in_hand` is what
    the boundary says of a point in hand; `covered`: one panel hides the others.
    """
    hints = {
        "esc calls the search off": searching,
        f"{reason}; D shows where and why" if diverged else reason: bool(reason) and not (micro_unit or in_hand),
        f"{FULL_WIDTH}x{FULL_HEIGHT} shows all panels; tab: next": small,
        f"by {micro_unit}: . next , back; m unit, esc end": bool(micro_unit),
        in_hand: bool(in_hand),
        "z shows all panels": zoomed,
        "1 shows all panels": covered,
        "D shows where and why": diverged,
    }
    return next((hint for hint, holds in hints.items() if holds), "")
