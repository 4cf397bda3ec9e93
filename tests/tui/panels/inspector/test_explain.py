"""The inspector's lines: the engine's numbers, complete, and never wider than the panel."""

import re
from collections.abc import Iterable
from itertools import product, takewhile

import pytest

from engine.graph import evaluate
from engine.ops import OPS
from tests.tui.support import (
    ASCII,
    DEEP,
    DEFAULT,
    PALETTE,
    SCORES,
    SPECS,
    SQUARED,
    WIDE,
    Example,
    example,
    session_of,
    text,
    texts,
)
from tui.draw.numbers import number
from tui.draw.text import Line, width_of
from tui.panels.graph.folding import Folding
from tui.panels.inspector.explain import Explainer, NodeLine, title
from tui.run.spec import RunSpec

WIDTHS = (44, 60, 83)
NUMBER = r"[-+]?(?:\d+\.?\d*(?:e-?\d+)?|inf|nan)"
TERM = re.compile(rf"({NUMBER}) × +({NUMBER}) = +({NUMBER})$")


def lines_in(said: Iterable[NodeLine]) -> list[Line]:
    """The lines without where they lead."""
    return [each.line for each in said]


def explainer(folding: Folding, index: int, shown: Example) -> Explainer:
    """Explains a node in lines of 60 cells."""
    return Explainer(folding, index, shown.data, shown.grad, 60, PALETTE)


def lines_of(name: str, spec: RunSpec = DEFAULT, width: int = 60) -> list[str]:
    """What is said of a node."""
    shown = example(spec)
    folding = shown.folded
    return texts(lines_in(Explainer(folding, folding.by_name[name], shown.data, shown.grad, width, PALETTE).lines()))


def everything(spec: RunSpec) -> list[tuple[Folding, int, Example]]:
    """Every node, folded and unfolded."""
    shown = example(spec)
    return [(folding, i, shown) for folding, i in product(shown.foldings(), range(len(shown.graph.nodes)))]


@pytest.mark.parametrize("spec", [*SPECS.values(), WIDE], ids=[*SPECS, "wide"])
def test_no_line_is_wider_than_the_panel(spec: RunSpec) -> None:
    every = 7 if spec is WIDE else 1
    for folding, i, shown in everything(spec)[::every]:
        for width in WIDTHS:
            lines = lines_in(Explainer(folding, i, shown.data, shown.grad, width, PALETTE).lines())
            assert max(map(width_of, lines)) <= width, texts(lines)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_the_contributions_add_up_to_the_gradient_bit_for_bit_in_their_order(spec: RunSpec) -> None:
    for folding, i, shown in everything(spec):
        if i != folding.root:
            total = 0.0
            for reader, local in explainer(folding, i, shown).contributions():
                total += local * shown.grad[reader]
            assert total.hex() == shown.grad[i].hex()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_each_arriving_gradient_is_shown_with_its_factors(spec: RunSpec) -> None:
    for folding, i, shown in everything(spec):
        arriving = explainer(folding, i, shown).contributions()
        lines = texts(lines_in(explainer(folding, i, shown).arrivals()))
        terms = [match.groups() for line in lines if (match := TERM.search(line))]
        assert terms == [
            (
                number(local).strip(),
                number(shown.grad[reader], signed=True).strip(),
                number(local * shown.grad[reader], signed=True).strip(),
            )
            for reader, local in arriving
        ]
        if len(arriving) > 1:
            assert lines[-1].split() == ["sum", "=", number(shown.grad[i], signed=True).strip()]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_reader_that_is_folded_away_is_named_for_the_sum_that_shows_it(spec: RunSpec) -> None:
    for folding, i, shown in everything(spec):
        displayed = {row for row in range(len(shown.graph.nodes)) if i in folding.entry(row).operands}
        for reader, _ in explainer(folding, i, shown).contributions():
            top = folding.shown_reader(reader)
            if displayed:
                assert top in displayed
            assert shown.grad[top] == shown.grad[reader]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_what_a_node_passes_on_is_what_its_operands_receive(spec: RunSpec) -> None:
    for folding, i, shown in everything(spec):
        node = shown.graph.nodes[folding.entry(i).stands_for]
        passed = [
            match.groups()
            for line in texts(lines_in(explainer(folding, i, shown).departures()))
            if (match := TERM.search(line))
        ]
        if node.op in ("", "add"):
            operands = folding.entry(i).operands if node.op else ()
            grad = number(shown.grad[i], signed=True).strip()
            assert passed == [("1.0000", grad, grad)] * len(operands)
            assert all(shown.grad[o] == shown.grad[i] for o in operands if len(folding.readers[o]) == 1)
            continue
        locals_ = OPS[node.op].locals([shown.data[o] for o in node.operands], node.k, shown.data[i])
        shown_locals = [
            local for local, o in zip(locals_, node.operands, strict=True) if o in folding.entry(i).operands
        ]
        assert [term[0] for term in passed] == [number(local).strip() for local in shown_locals]
        assert [term[2] for term in passed] == [
            number(local * shown.grad[i], signed=True).strip() for local in shown_locals
        ]


@pytest.mark.parametrize("width", WIDTHS)
def test_data_and_gradient_are_the_engines_in_full(width: int) -> None:
    session = session_of(DEFAULT, 3)
    x, y, label = session.splits["train"][0]
    data, grad = evaluate(session.graph(label), session.parameters, (x, y))
    shown = example(DEFAULT)
    for i in range(len(data)):
        lines = texts(lines_in(Explainer(shown.folded, i, shown.data, shown.grad, width, PALETTE).lines()))
        assert lines[0].split() == ["data", repr(data[i])]
        assert lines[1].split() == ["probe", "grad", repr(grad[i])]


def formula(name: str, spec: RunSpec = DEFAULT, width: int = 60) -> list[str]:
    """The formula with names, then with numbers, whether in one line or in several."""
    rest = lines_of(name, spec, width)[2:]
    whole = "".join(line if line.startswith(" = ") else f" {line.strip()}" for line in takewhile(is_formula, rest))
    return whole.removeprefix(" = ").split(" = ")


def is_formula(line: str) -> bool:
    return line.startswith((" = ", "   "))


def value(name: str, spec: RunSpec = DEFAULT) -> str:
    shown = example(spec)
    return number(shown.data[shown.folded.by_name[name]]).strip()


def test_a_sum_lists_all_its_terms_by_name_and_by_number() -> None:
    names = ["b1[3]", "w1[3,0]·x", "w1[3,1]·y"]
    shown = example(DEFAULT)
    numbers = [number(shown.data[shown.folded.by_name[name]], signed=True) for name in names]
    for width in (44, 100):
        named, numbered = formula("z1[3]", width=width)
        assert named == " + ".join(names)
        assert numbered.split() == [each.strip() for each in numbers]


def test_where_the_lines_of_a_formula_end_does_not_depend_on_its_numbers() -> None:
    shown = example(DEFAULT)
    for i in (i for i, node in enumerate(shown.graph.nodes) if node.op):
        for width in WIDTHS:
            heights = {
                len(Explainer(shown.folded, i, [scale] * len(shown.data), (), width, PALETTE).formula())
                for scale in (0.1, -0.1, 12345.6, -1e-300, float("inf"))
            }
            assert len(heights) == 1


def test_every_operand_and_every_reader_can_be_gone_to_by_its_name() -> None:
    for folding, i, shown in everything(DEFAULT):
        said = Explainer(folding, i, shown.data, shown.grad, 44, PALETTE).lines()
        led = [each.node for each in said if each.node is not None]
        readers = [folding.shown_reader(reader) for reader, _ in explainer(folding, i, shown).contributions()]
        assert led[: len(readers)] == readers
        assert set(led[len(readers) :]) == set(folding.entry(i).operands)
        for each in said:
            if each.node is not None:
                assert text(each.line).lstrip().startswith(shown.graph.nodes[each.node].name)


def test_a_function_is_written_with_its_operand() -> None:
    assert formula("h1[3]") == ["tanh(z1[3])", f"tanh({value('z1[3]')})"]
    assert formula("h1[3]", SQUARED) == ["σ(z1[3])", f"σ({value('z1[3]', SQUARED)})"]
    assert formula("h1[2]", SCORES) == ["leaky(z1[2], 0.01)", f"leaky({value('z1[2]', SCORES)}, 0.01)"]


def test_a_product_is_written_with_its_factors() -> None:
    w, x = value("w1[3,0]"), value("x")
    assert formula("w1[3,0]·x") == ["w1[3,0] × x", f"{w} × ({x})" if x.startswith("-") else f"{w} × {x}"]


def test_a_power_is_written_with_its_exponent() -> None:
    assert formula("1/Σe") == ["Σe ^ -1", f"({value('Σe')}) ^ -1"]


def test_a_long_formula_goes_on_in_the_next_line() -> None:
    terms = ["b2[3]", *(f"w2[3,{unit}]·z1[{unit}]" for unit in range(12))]
    assert formula("z2[3]", DEEP, 44)[0] == " + ".join(terms)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("h1[3]", OPS["tanh"].why),
        ("z1[3]", OPS["add"].why),
        ("w1[3,0]", "A parameter. The probe's gradient is of one example's loss; the optimizer uses the"),
        ("x", "An input: given by the example, not trained."),
        ("0", "A constant: it takes part, but nothing changes it."),
    ],
)
def test_it_says_why_in_a_sentence_that_is_not_cut(name: str, words: str) -> None:
    assert words in " ".join(line.strip() for line in lines_of(name, width=44))


def test_the_loss_has_the_gradient_one_by_itself() -> None:
    assert " grad of the loss by itself: 1" in lines_of("loss")


def test_columns_of_numbers_stand_below_each_other() -> None:
    lines = [line for line in lines_of("h1[3]", width=44) if TERM.search(line) or line.lstrip().startswith("sum =")]
    assert len(lines) > 4
    assert len({line.index(" = ") for line in lines}) == 1
    assert len({len(line) for line in lines}) == 1


def test_a_name_that_is_too_long_stands_above_its_numbers() -> None:
    lines = lines_of("h1[100]", WIDE, 44)
    place = lines.index(" w2[0,100]·h1[100]")
    assert TERM.search(lines[place + 1])


def test_titles_are_words() -> None:
    shown = example(DEFAULT)
    titles = {shown.graph.nodes[i].name: title(node) for i, node in enumerate(shown.graph.nodes)}
    assert titles["z1[3]"] == "weighted sum"
    assert titles["w1[3,0]"] == "weight"
    assert titles["logit[0]"] == "output of the network"


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_the_inspector_is_ascii_where_that_is_asked_for(spec: RunSpec) -> None:
    for folding, i, shown in everything(spec):
        for line in lines_in(Explainer(folding, i, shown.data, shown.grad, 44, ASCII).lines()):
            assert ASCII.plain(text(line)).isascii()
