"""Folding changes what is displayed and never a number; unfolded, the real chain is shown."""

import pytest

from tests.tui.support import DEEP, DEFAULT, SPECS, WIDE, example
from tui.panels.graph.folding import Folding, op_text
from tui.panels.graph.outline import homes
from tui.run.spec import RunSpec

each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def named(folding: Folding, nodes: tuple[int, ...] | list[int]) -> list[str]:
    return [folding.graph.nodes[i].name for i in nodes]


def entry_of(name: str, spec: RunSpec = DEFAULT) -> tuple[str, list[str]]:
    folding = example(spec).folded
    entry = folding.entry(folding.by_name[name])
    return entry.op, named(folding, entry.operands)


def test_a_neurons_sum_is_one_sigma_of_its_bias_and_products() -> None:
    assert entry_of("z1[3]") == ("Σ 3", ["b1[3]", "w1[3,0]·x", "w1[3,1]·y"])
    op, operands = entry_of("logit[1]")
    assert op == "Σ 9"
    assert operands == ["b2[1]", *(f"w2[1,{unit}]·h1[{unit}]" for unit in range(8))]


def test_the_zero_that_a_sum_starts_from_is_not_shown() -> None:
    assert entry_of("Σe") == ("Σ 3", ["e[0]", "e[1]", "e[2]"])


def test_nodes_that_only_repeat_another_show_that_ones_operation() -> None:
    folding = example().folded
    loss = folding.entry(folding.root)
    assert (loss.op, named(folding, loss.operands)) == ("×-1", ["logp"])
    assert folding.graph.nodes[loss.stands_for].name == "nll"


def test_a_constant_factor_is_part_of_the_operation() -> None:
    assert entry_of("margin", SPECS["hinge"])[0] in ("+", "×-1")


def test_unfolded_the_real_additions_are_shown() -> None:
    folding = example().folded
    node = folding.by_name["z1[3]"]
    real = folding.toggled(node)
    while folding.graph.nodes[node].role in ("preactivation", "partial"):
        entry = real.entry(node)
        assert entry.op == "+"
        assert entry.operands == folding.graph.nodes[node].operands
        node = entry.operands[0]
    assert folding.graph.nodes[node].name == "b1[3]"


@each_spec
def test_everything_unfolded_is_the_graph_itself(spec: RunSpec) -> None:
    real = example(spec).unfolded
    for i, node in enumerate(real.graph.nodes):
        assert real.entry(i).operands == node.operands
        assert real.entry(i).stands_for == i
        assert real.entry(i).op == op_text(node)


@each_spec
def test_unfolding_and_folding_again_is_where_it_began(spec: RunSpec) -> None:
    folding = example(spec).folded
    for i in range(len(folding.graph.nodes)):
        if folding.foldable(i):
            assert folding.toggled(i).toggled(i).unfolded == folding.unfolded


@each_spec
def test_what_can_be_toggled_looks_different_then(spec: RunSpec) -> None:
    folding = example(spec).folded
    for i in range(len(folding.graph.nodes)):
        links = folding.foldable(i)
        if len(links) > 1:
            assert folding.toggled(i).entry(i) != folding.entry(i)
        elif not links:
            assert folding.toggled(i).unfolded == folding.unfolded


@each_spec
def test_a_folded_node_has_the_number_of_what_it_stands_for(spec: RunSpec) -> None:
    shown = example(spec)
    for i in homes(shown.folded):
        inner = shown.folded.entry(i).stands_for
        assert shown.data[inner] == shown.data[i]
        assert shown.grad[inner] == shown.grad[i]


@each_spec
def test_a_sums_terms_are_all_its_leaves_in_the_order_of_the_additions(spec: RunSpec) -> None:
    shown = example(spec)
    for i, node in enumerate(shown.graph.nodes):
        if node.op == "add":
            total = 0.0
            terms = shown.folded.entry(i).operands
            if shown.folded.entry(i).stands_for == i and len(terms) > 1:
                total = shown.data[terms[0]]
                for term in terms[1:]:
                    total += shown.data[term]
                assert total == shown.data[i]


@each_spec
def test_readers_are_in_the_order_of_the_backward_pass(spec: RunSpec) -> None:
    folding = example(spec).folded
    for i, readers in enumerate(folding.readers):
        assert readers == sorted(readers, reverse=True)
        for reader in readers:
            assert readers.count(reader) == folding.graph.nodes[reader].operands.count(i)


@each_spec
def test_names_lead_to_their_nodes(spec: RunSpec) -> None:
    folding = example(spec).folded
    for name, i in folding.by_name.items():
        assert folding.graph.nodes[i].name == name
    names = [node.name for node in folding.graph.nodes if node.role != "constant"]
    assert len(names) == len(set(names))


def test_operations_are_short() -> None:
    for spec in (*SPECS.values(), DEEP):
        for folding in example(spec).foldings():
            for i in range(len(folding.graph.nodes)):
                assert 1 <= len(folding.entry(i).op) <= 4


def test_a_sum_of_more_than_a_hundred_terms_counts_them() -> None:
    assert entry_of("logit[0]", WIDE)[0] == "Σ 102"


def test_a_folding_does_not_change() -> None:
    folding = example().folded
    before = folding.entry(folding.by_name["z1[3]"])
    folding.toggled(folding.by_name["z1[3]"])
    assert folding.unfolded == frozenset()
    assert folding.entry(folding.by_name["z1[3]"]) == before
