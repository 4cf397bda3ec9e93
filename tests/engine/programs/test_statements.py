"""Statements: what they are made of, and what all classes share."""

from engine.programs.statements import Statement, common_tail, protect, substitute


def test_substitution_replaces_all_letters_at_once_and_protects_what_it_puts_in() -> None:
    assert substitute("b * a + pow(a, k - 1.0)", {"a": "b", "b": "x + 1.0", "k": "-2.0"}) == (
        "(x + 1.0) * b + pow(b, (-2.0) - 1.0)"
    )
    assert [protect(term) for term in ("p0", "1.5", "-1.5", "1e-05", "exp(a)")] == [
        "p0",
        "1.5",
        "(-1.5)",
        "(1e-05)",
        "(exp(a))",
    ]


def test_the_common_tail_is_what_all_passes_end_with() -> None:
    a, b, c, d = (Statement("x", name) for name in "abcd")
    assert list(common_tail([[a, c, d], [b, c, d], [c, d]])) == [c, d]
    assert list(common_tail([[a, b], [b, a]])) == []
    assert list(common_tail([[a, b]])) == [a, b]
    assert list(common_tail([[a, Statement("x", "b", accumulate=True)], [a, b]])) == []
