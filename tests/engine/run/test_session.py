import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.classify import NO_CLASS, predicted, score_answer, softmax_answer
from engine.examples import Example
from engine.losses import LOSSES, mean
from engine.nn import ACTIVATIONS
from engine.optim import OPTIMIZERS
from engine.rng import Rng
from engine.run.config import Config
from engine.run.curve import Curves
from engine.run.records import SplitMetrics
from engine.run.session import Session
from engine.value import Value, topological_order
from engine.views.batch_update import batch_update
from engine.views.queries import Grid
from engine.views.reader import Reader
from tests.engine.support import Training, ValueTraining, exact, reference_session, repeatable, trainings

TWO: dict[str, list[Example]] = {
    "train": [(1.5, -0.5, 0), (-2.0, 1.0, 1), (0.3, 0.4, 1), (1.0, 1.2, 0)],
    "val": [(0.5, -0.5, 0), (-1.0, 1.0, 1)],
    "test": [(0.1, 0.2, 1)],
}
SGD = Config((3,), optimizer="sgd")
HINGE = Config((3,), loss="hinge", optimizer="sgd")


def session_of(config: Config, classes: int = 2, seed: int = 42) -> Session:
    return Session(config, TWO, classes, Rng(seed))


def after(session: Session, steps: int) -> Session:
    for _ in range(steps):
        session.step()
    return session


def values_at(session: Session, split: str = "train") -> ValueTraining:
    """The session's network as Values, at its present parameters."""
    values = ValueTraining(session.config, session.splits[split], session.classes, Rng(1))
    values.set(session.parameters)
    return values


def gradient_at(session: Session) -> list[float]:
    """The gradient of the training loss, by Values."""
    values = values_at(session)
    values.backward()
    return values.gradient()


def doubles(numbers: bytes) -> Sequence[float]:
    """The numbers in an array of a snapshot."""
    return memoryview(numbers).cast("d")


def curves_of(session: Session, columns: int) -> Curves:
    return Reader(session).curves(columns)


# Stepping


def test_a_new_session_stands_at_step_0_with_the_generators_weights() -> None:
    session = session_of(SGD)
    model = SGD.model(2, Rng(42))
    assert session.step_count == 0
    assert list(session.parameters) == [parameter.data for parameter in model.parameters()]


def test_the_weights_come_after_what_the_generator_gave_before() -> None:
    rng = Rng(42)
    rng.draw()
    assert Session(SGD, TWO, 2, rng).parameters != session_of(SGD).parameters


def test_a_step_reports_its_number_and_the_losses_before_the_update() -> None:
    session = session_of(HINGE)
    values = values_at(session)
    val = values_at(session, "val")
    record = session.step()
    assert record.step == session.step_count == 1
    assert record.train_loss == values.loss().data
    assert record.val_loss == mean([val.loss_of(*example) for example in TWO["val"]]).data
    assert session.step().step == 2


def test_without_val_examples_there_is_no_val_loss() -> None:
    session = Session(SGD, {"train": TWO["train"], "val": []}, 2, Rng(1))
    assert session.step().val_loss is None
    assert curves_of(session, 80).val == ()
    assert set(session.metrics().splits) == {"train"}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_training_lowers_the_loss(optimizer: str, loss: str) -> None:
    session = session_of(Config((4,), loss=loss, optimizer=optimizer, lr=0.3 if optimizer == "sgd" else 0.05))
    before = session.metrics().splits["train"].loss
    now = after(session, 60).metrics().splits["train"]
    assert now.loss < 0.5 * before
    assert now.accuracy == 1.0


@repeatable(30)
@given(training=trainings())
def test_reset_gives_the_same_digits_again(training: Training) -> None:
    session = training.session()
    first = [session.step().train_loss for _ in range(3)]
    parameters = list(session.parameters)
    session.reset()
    assert (session.step_count, session.diverged_at) == (0, None)
    assert curves_of(session, 9).train[0][0] == 0
    assert exact(session.step().train_loss for _ in range(3)) == exact(first)
    assert exact(session.parameters) == exact(parameters)


def goes_on(training: Training, before: int) -> None:
    """A session restored after so many steps continues as the one that was never stopped."""
    session = after(training.session(), before)
    checkpoint, timeline = session.checkpoint(), session.history.timeline()
    expected = [session.step().train_loss for _ in range(3)]

    fresh = after(training.session(), 2).restore(checkpoint, timeline)
    assert fresh.step_count == checkpoint.step == before
    assert exact(fresh.step().train_loss for _ in range(3)) == exact(expected)
    assert exact(fresh.parameters) == exact(session.parameters)
    assert fresh.diverged_at == session.diverged_at
    for ours, theirs in zip(fresh.checkpoint().slots, session.checkpoint().slots, strict=True):
        assert exact(ours) == exact(theirs)


@repeatable(40)
@given(training=trainings(), before=st.integers(0, 4))
def test_any_restored_checkpoint_goes_on_with_the_same_digits(training: Training, before: int) -> None:
    goes_on(training, before)


@pytest.mark.parametrize("before", [0, 1, 5])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_checkpoint_holds_all_that_an_optimizer_remembers(optimizer: str, loss: str, before: int) -> None:
    goes_on(Training(Config((3,), loss=loss, optimizer=optimizer), 2, TWO, 42), before)


def test_a_checkpoint_stays_as_it_was_taken() -> None:
    session = after(session_of(Config((3,))), 2)
    checkpoint = session.checkpoint()
    copy = checkpoint.replaced()
    after(session, 3)
    assert checkpoint == copy
    assert session.restore(checkpoint).checkpoint() == checkpoint
    after(session, 1)
    assert checkpoint == copy


def test_restore_takes_the_curves_along() -> None:
    session = after(session_of(SGD), 10)
    curves = curves_of(session, 100)
    restored = session_of(SGD).restore(session.checkpoint(), curves=curves)
    assert curves_of(restored, 100) == curves
    assert curves_of(after(restored, 3), 100) == curves_of(after(session, 3), 100)
    assert curves_of(session_of(SGD).restore(after(session_of(SGD), 10).checkpoint()), 100).train == curves.train[-1:]


def test_a_restored_curve_ends_where_the_checkpoint_stands() -> None:
    session = after(session_of(SGD), 4)
    checkpoint, then = session.checkpoint(), curves_of(session, 100)
    later = curves_of(after(session, 6), 100)
    assert curves_of(session_of(SGD).restore(checkpoint, curves=later), 100) == then


def test_a_checkpoint_of_another_network_is_refused() -> None:
    with pytest.raises(ValueError, match="the checkpoint has 17 parameters, the network 22"):
        session_of(Config((4,))).restore(session_of(Config((3,))).checkpoint())


def test_the_curves_hold_every_steps_losses_by_step() -> None:
    session = session_of(SGD)
    records = [session.step() for _ in range(20)]
    records.append(session_of(SGD).restore(session.checkpoint()).step())
    curves = curves_of(session, 20)
    assert curves.train == tuple((record.step - 1, record.train_loss) for record in records)
    assert curves.val == tuple((record.step - 1, record.val_loss) for record in records)
    assert len(curves_of(session, 3).train) <= 8


def test_a_curve_starts_before_the_first_step_and_ends_at_the_present_one() -> None:
    session = session_of(SGD)
    for steps in range(3):
        curves = curves_of(session, 80)
        assert [step for step, _ in curves.train] == [step for step, _ in curves.val] == list(range(steps + 1))
        session.step()


# The next update, without taking it


@repeatable(60)
@given(training=trainings(), before=st.integers(0, 4))
def test_the_batch_update_is_the_step_that_comes_next(training: Training, before: int) -> None:
    session = after(training.session(), before)
    update = batch_update(session)
    assert (update.step, list(update.batch)) == (before, list(session.batch()))
    assert exact(doubles(update.gradient)) == exact(gradient_at(session))
    checkpoint = session.checkpoint()
    assert [exact(doubles(slot)) for slot in update.slots] == [exact(slot) for slot in checkpoint.slots]
    assert exact([update.loss]) == exact([session.step().train_loss])
    checkpoint = session.checkpoint()
    assert exact(doubles(update.after)) == exact(checkpoint.parameters)
    assert [exact(doubles(slot)) for slot in update.slots_after] == [exact(slot) for slot in checkpoint.slots]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("size", [1, 3])
def test_with_minibatches_it_is_that_of_the_steps_own_batch(size: int, optimizer: str) -> None:
    session = session_of(Config((3,), batch_size=size, optimizer=optimizer, weight_decay=0.01))
    seen = set()
    for _ in range(6):
        update = batch_update(session)
        assert list(update.batch) == list(session.batch())
        assert exact(doubles(update.gradient)) == exact(session.gradients()[1])
        seen |= set(update.batch)
        assert exact([update.loss]) == exact([session.step().train_loss])
        assert exact(doubles(update.after)) == exact(session.parameters)
    assert seen == set(range(len(TWO["train"])))


@repeatable(30)
@given(training=trainings())
def test_asking_for_the_batch_update_moves_nothing(training: Training) -> None:
    asked, alone = after(training.session(), 2), after(training.session(), 2)
    batch_update(asked)
    assert exact(asked.parameters) == exact(alone.parameters)
    assert exact(asked.step().train_loss for _ in range(3)) == exact(alone.step().train_loss for _ in range(3))
    assert exact(asked.parameters) == exact(alone.parameters)


# What the config says


@pytest.mark.parametrize(
    ("config", "changed"),
    [
        (SGD, {"lr": 0.11}),
        (SGD, {"momentum": 0.8}),
        (SGD, {"weight_decay": 0.01}),
        (SGD, {"activation": "relu"}),
        (SGD, {"loss": "hinge"}),
        (SGD, {"hidden": (3, 3)}),
        (SGD, {"optimizer": "adamw"}),
        (Config((3,)), {"lr": 0.11}),
        (Config((3,)), {"weight_decay": 0.01}),
        *((Config((3,)), {name: 0.5}) for name in ("l1", "l2")),
        *((config, {"clip_norm": 0.01}) for config in (SGD, Config((3,)))),
        (Config((3,)), {"init": "he-normal"}),
        (Config((3,)), {"features": ("x", "y2")}),
        *((Config((3,)), {"schedule": name, "decay_steps": 2}) for name in ("linear", "cosine", "step")),
        *((Config((3,), schedule=name, decay_steps=2), {"decay_steps": 1}) for name in ("linear", "cosine", "step")),
        *((Config((3,), schedule=name, decay_steps=2), {"final_lr": 0.5}) for name in ("linear", "cosine")),
        (Config((3,), schedule="step", decay_steps=2), {"decay_factor": 0.1}),
        *((Config((3,)), {name: 0.5}) for name in ("beta1", "beta2", "eps")),
        *((Config((3,), optimizer="rmsprop"), {name: 0.5}) for name in ("alpha", "momentum", "eps")),
    ],
)
def test_every_setting_changes_the_run(config: Config, changed: dict[str, object]) -> None:
    first, other = after(session_of(config), 3), after(session_of(replace(config, **changed)), 3)  # type: ignore[arg-type]
    assert list(first.parameters) != list(other.parameters)


def test_the_l2_penalty_is_part_of_sgds_train_loss_only() -> None:
    plain = session_of(replace(SGD, weight_decay=0.0))
    penalised = session_of(replace(SGD, weight_decay=0.25))
    squares = math.fsum(p * p for p in plain.parameters)
    before = list(plain.parameters)
    ours, theirs = penalised.metrics().splits, plain.metrics().splits
    assert ours["train"].loss - theirs["train"].loss == pytest.approx(0.25 * squares, rel=1e-12)
    assert (ours["val"], ours["test"]) == (theirs["val"], theirs["test"]), "only the train loss is minimised"
    difference = penalised.step().train_loss - plain.step().train_loss
    assert difference == pytest.approx(0.25 * squares, rel=1e-12)
    moved = [b - a for a, b in zip(penalised.parameters, plain.parameters, strict=True)]
    assert moved == pytest.approx([0.1 * 2 * 0.25 * p for p in before], abs=1e-12)


def test_adamw_decays_weights_and_has_no_penalty() -> None:
    config = Config((3,), weight_decay=0.25)
    assert not any(config.strengths)
    assert replace(config, optimizer="sgd").strengths == (0.25, 0.0)
    assert replace(config, optimizer="sgd", l2=0.5).strengths == (0.5, 0.0)
    assert replace(config, l1=0.125, l2=0.5).strengths == (0.5, 0.125)
    plain, decayed = session_of(replace(config, weight_decay=0.0)), session_of(config)
    before = list(plain.parameters)
    assert plain.step().train_loss == decayed.step().train_loss
    moved = [a - b for a, b in zip(plain.parameters, decayed.parameters, strict=True)]
    assert moved == pytest.approx([0.1 * 0.25 * p for p in before], abs=1e-15)


@pytest.mark.parametrize(
    ("config", "classes", "sizes", "count"),
    [
        (Config(), 3, (8, 3), 51),
        (Config((16, 16), loss="hinge"), 2, (16, 16, 1), 337),
        (Config(()), 2, (2,), 6),
        (Config((8,)), 6, (8, 6), 78),
        (Config((8,), loss="squared-error"), 6, (8, 6), 78),
        (Config((3,), features=("x2",)), 2, (3, 2), 14),
        (Config((), features=("x", "y", "x2", "y2", "xy", "sinx", "siny")), 2, (2,), 16),
    ],
)
def test_sizes_follow_from_hidden_units_loss_and_classes(
    config: Config, classes: int, sizes: tuple[int, ...], count: int
) -> None:
    assert config.sizes(classes) == sizes
    assert config.parameter_count(classes) == count == len(config.model(classes, Rng(1)).parameters())


def test_activations_that_do_not_fit_the_layers_are_refused() -> None:
    with pytest.raises(ValueError, match="2 activations do not fit 1 hidden layer"):
        Session(Config((3,), "tanh,relu"), TWO, 2, Rng(1))


@pytest.mark.parametrize("splits", [{"train": []}, {}, {"val": [(0.0, 0.0, 0)]}])
def test_a_session_needs_train_examples(splits: dict[str, list[Example]]) -> None:
    with pytest.raises(ValueError, match="no train examples"):
        Session(SGD, splits, 2, Rng(1))


def test_a_session_keeps_its_own_list_of_examples() -> None:
    train = list(TWO["train"])
    session = Session(SGD, {"train": train}, 2, Rng(1))
    train.clear()
    assert session.metrics().splits["train"].examples == 4


# Divergence


def test_a_diverged_run_is_something_to_look_at() -> None:
    session = after(session_of(replace(SGD, lr=1e6)), 20)
    assert session.step_count == 20
    assert session.diverged_at is not None
    assert 0 < session.diverged_at < 20
    assert session.metrics().diverged_at == session.diverged_at
    assert not math.isfinite(session.metrics().splits["train"].loss)
    data, _ = Reader(session).probe().numbers()
    assert not math.isfinite(data[-1])
    assert [step for step, _ in curves_of(session, 80).train] == list(range(session.diverged_at))
    decision = Reader(session).decision_map(Grid(4, 3, -2, 2, -2, 2))
    assert set(decision.classes) == {NO_CLASS}
    assert set(decision.confidence) == {0}
    assert session.metrics().splits["train"].accuracy == 0.0


def test_divergence_is_dated_by_the_first_loss_that_is_not_finite() -> None:
    for loss, seen in (("squared-error", math.inf), ("cross-entropy", math.nan)):
        session = session_of(Config((), loss=loss, optimizer="sgd", lr=1e6))
        losses = [session.step().train_loss for _ in range(60)]
        first = next(step for step, number in enumerate(losses) if not math.isfinite(number))
        assert exact(losses[first : first + 1]) == exact([seen])
        assert math.isnan(losses[-1])
        assert session.diverged_at == first
    assert session_of(SGD).step().train_loss < math.inf
    assert after(session_of(SGD), 5).diverged_at is None


# Metrics


def test_metrics_are_the_mean_loss_and_the_share_of_right_answers() -> None:
    session = after(session_of(SGD), 3)
    metrics = session.metrics()
    assert (metrics.step, list(metrics.splits)) == (3, ["train", "val", "test"])
    for split, examples in TWO.items():
        values = values_at(session, split)
        outputs = [[output.data for output in values.model([x, y])] for x, y, _ in examples]
        right = sum(row.index(max(row)) == label for row, (_, _, label) in zip(outputs, examples, strict=True))
        loss = values.loss().data if split == "train" else mean([values.loss_of(*each) for each in examples]).data
        assert metrics.splits[split] == SplitMetrics(len(examples), loss, right / len(examples))


@repeatable(40)
@given(training=trainings(), before=st.integers(0, 3))
def test_the_metrics_losses_are_those_that_the_next_step_reports(training: Training, before: int) -> None:
    session = after(training.session(), before)
    losses = {name: split.loss for name, split in session.metrics().splits.items()}
    record = session.step()
    assert exact([losses["train"]]) == exact([record.train_loss])
    assert (record.val_loss is None) == ("val" not in losses)
    assert exact([losses.get("val", 0.0)]) == exact([record.val_loss or 0.0])


@pytest.mark.parametrize(
    ("outputs", "answer"),
    [
        ((0.1, 0.3, 0.2), 1),
        ((1.0, 1.0), 0),
        ((0.5,), 1),
        ((-0.5,), 0),
        ((0.0,), 0),
        ((-math.inf, math.inf), 1),
        ((math.nan,), NO_CLASS),
        ((math.nan, 1.0), NO_CLASS),
        ((1.0, math.nan), NO_CLASS),
    ],
)
def test_outputs_stand_for_a_class(outputs: tuple[float, ...], answer: int) -> None:
    assert predicted(outputs) == answer
    assert (score_answer(outputs[0]) if len(outputs) == 1 else softmax_answer(outputs))[0] == answer


@pytest.mark.parametrize(
    ("score", "answer"),
    [(0.5, (1, 127)), (-0.5, (0, 127)), (7.0, (1, 255)), (-math.inf, (0, 255)), (0.0, (0, 0)), (math.nan, (255, 0))],
)
def test_a_score_is_sure_from_one_on(score: float, answer: tuple[int, int]) -> None:
    assert score_answer(score) == answer


@pytest.mark.parametrize(
    ("logits", "answer"),
    [
        ((0.0, 0.0), (0, 0)),
        ((0.0, 0.0, 0.0), (0, 0)),
        ((0.0, math.log(3.0)), (1, 127)),
        ((0.0, 1000.0), (1, 255)),
        ((1e308, -1e308), (0, 255)),
        ((0.0, math.inf, 0.0), (1, 255)),
        ((math.inf, math.inf), (0, 0)),
        ((-math.inf, -math.inf), (0, 0)),
        ((math.nan, 0.0, 0.0), (NO_CLASS, 0)),
        ((0.0, math.nan, 0.0), (NO_CLASS, 0)),
        ((0.0, 0.0, math.nan), (NO_CLASS, 0)),
        ((math.inf, math.nan), (NO_CLASS, 0)),
    ],
)
def test_confidence_runs_from_a_guess_to_certainty(logits: tuple[float, ...], answer: tuple[int, int]) -> None:
    assert softmax_answer(logits) == answer


@repeatable(200)
@given(logits=st.lists(st.floats(), min_size=2, max_size=6))
def test_the_map_and_the_accuracy_agree_on_the_class(logits: list[float]) -> None:
    answer, confidence = softmax_answer(logits)
    assert answer == predicted(logits)
    assert 0 <= confidence <= 255


# The decision map

GRID = Grid(columns=7, rows=5, left=-2.0, right=1.5, bottom=-1.0, top=2.0)


@pytest.mark.parametrize(
    ("config", "classes"),
    [(Config((4,)), 3), (Config((4,), "relu"), 5), (Config((3,), loss="hinge"), 2), (Config((3,), "linear"), 2)],
)
def test_the_map_is_the_networks_answer_in_the_middle_of_each_cell(config: Config, classes: int) -> None:
    train: list[Example] = [(x / 3, (x * x % 5) / 2 - 1, x % classes) for x in range(-5, 7)]
    session = after(Session(config, {"train": train}, classes, Rng(3)), 30)
    decision = Reader(session).decision_map(GRID)
    assert (decision.step, decision.grid) == (30, GRID)
    assert len(decision.classes) == len(decision.confidence) == 35
    values = values_at(session)
    seen = set()
    for cell in range(35):
        row, column = divmod(cell, 7)
        x, y = -2.0 + 3.5 * (column + 0.5) / 7, 2.0 - 3.0 * (row + 0.5) / 5
        outputs = [output.data for output in values.model([x, y])]
        if len(outputs) == 1:
            expected, sure = int(outputs[0] > 0), min(1.0, abs(outputs[0]))
        else:
            shares = [math.exp(output) / math.fsum(map(math.exp, outputs)) for output in outputs]
            expected = shares.index(max(shares))
            sure = (max(shares) - 1 / classes) / (1 - 1 / classes)
        assert decision.classes[cell] == expected
        assert decision.confidence[cell] == pytest.approx(255 * sure, abs=1)
        seen.add(expected)
    assert len(seen) > 1


def test_a_single_cell_asks_for_the_middle_of_the_rectangle() -> None:
    session = after(session_of(HINGE), 20)
    for x, y, _ in TWO["train"]:
        decision = Reader(session).decision_map(Grid(1, 1, x - 1, x + 1, y - 1, y + 1))
        score = values_at(session).model([x, y])[0].data
        assert decision.classes == bytes([score > 0])


# The probe


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_probe_holds_values_numbers_for_every_node(activation: str, loss: str) -> None:
    session = after(session_of(Config((3,), activation, loss)), 5)
    for split, examples in TWO.items():
        for index, (x, y, label) in enumerate(examples):
            session.chooser.select(split, index)
            probe = Reader(session).probe()
            assert (probe.step, probe.split, probe.index, probe.point, probe.label) == (5, split, index, (x, y), label)
            values = values_at(session)
            root = mean([LOSSES[loss].of_example(values.model([Value(x), Value(y)]), label)])
            root.backward()
            order = topological_order(root)
            data, grad = probe.numbers()
            assert exact(data) == exact(node.data for node in order)
            assert exact(grad) == exact(node.grad for node in order)
            assert len(session.graph(label).nodes) == len(order)


def test_the_probe_is_the_first_train_example_until_another_is_chosen() -> None:
    session = session_of(SGD)
    assert (Reader(session).probe().split, Reader(session).probe().index) == ("train", 0)
    session.chooser.select("val", 1)
    after(session, 2).reset()
    assert (Reader(session).probe().split, Reader(session).probe().index) == ("val", 1)


@pytest.mark.parametrize(("split", "index"), [("train", 4), ("train", -1), ("val", 2), ("nowhere", 0)])
def test_an_example_that_does_not_exist_is_refused(split: str, index: int) -> None:
    session = session_of(SGD)
    with pytest.raises(ValueError, match=f"no example {index} in {split}"):
        session.chooser.select(split, index)
    assert Reader(session).probe().index == 0


def test_the_structure_is_given_once_per_class() -> None:
    session = session_of(SGD)
    graphs = [session.graph(0), session.graph(1)]
    Reader(after(session, 3)).probe()
    assert session.graph(0) is graphs[0]
    assert session.graph(1) is graphs[1]
    assert graphs[0] != graphs[1]


def test_looking_does_not_change_the_run() -> None:
    watched, alone = reference_session(), reference_session()
    for _ in range(5):
        watched.metrics()
        Reader(watched).probe()
        watched.graph(2)
        Reader(watched).decision_map(GRID)
        curves_of(watched, 40)
        watched.checkpoint()
        assert exact([watched.step().train_loss]) == exact([alone.step().train_loss])
    assert exact(watched.parameters) == exact(alone.parameters)
