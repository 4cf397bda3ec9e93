"""What a person may answer in the prompt: any spelling that makes sense, and one clear line for the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.support import repeatable
from tui.screens.questions import FARTHEST, parse_step


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("0", 0),
        ("412", 412),
        (" 7 ", 7),
        ("1,000", 1000),
        ("+10", 52),
        ("-10", 32),
        ("-100", 0),
        ("first", 0),
        ("Start", 0),
        ("last", 100),
        ("end", 100),
        ("5000", 5000),
    ],
)
def test_a_step_in_any_spelling(text: str, step: int) -> None:
    assert parse_step(text, 42, 100) == step


@pytest.mark.parametrize("text", ["x", "1.5", "--3", "+-3", "1e3", "٣x", "-", "9" * 30, str(FARTHEST + 1)])
def test_what_is_no_step_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A('.{1,6}': 412, -100, \+10 or last|at most step 1,000,000,000)\Z"):
        parse_step(text, 42, 100)


@repeatable(200)
@given(st.text(min_size=1, max_size=14).filter(str.strip))
def test_any_text_is_a_step_or_a_clear_refusal(text: str) -> None:
    try:
        assert 0 <= parse_step(text, 42, 100) <= FARTHEST
    except ValueError as refused:
        assert len(str(refused)) < 60
