"""What a person changes amid a run, as events that can be met again and taken back.

An edit of the data is a list of patches: at this place of this split the example was that and is
now this. Taken back in reverse order they restore every example in its place, so that the sums of
the training loss have their old order and their old digits again. Which edit an undo takes back
follows from the events themselves: they are all that has to be kept.
"""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any, Self

from ..examples import SPLITS, Data, Example, Located, in_order
from ..frozen import Frozen

EVERY = 32
"""So many changes are replayed at most to find the data after one of them."""
Setting = float | int | str | None
"""A value of `Config` that may change amid a run."""


class Patch(Frozen):
    """One place of a split: an example comes (`before` is None), goes (`after` is None), or is another one."""

    split: str
    index: int
    before: Example | None
    after: Example | None


class Change(Frozen):
    """What a person changed at a step: it holds from there on.

    `settings` are names of `Config` and their values, `patches` change the data, `values` are parameters by their index
    with the number before and after. `role` says whether it takes another change back ("undo"), does it again ("redo"),
    or goes on with the one before ("more"), so that both are taken back together; `what` is what it is called.
    """

    step: int
    settings: tuple[tuple[str, Setting], ...] = ()
    patches: tuple[Patch, ...] = ()
    values: tuple[tuple[int, float, float], ...] = ()
    role: str = "do"
    what: str = ""


def settings_of(changes: Iterable[Change]) -> dict[str, Any]:
    """The settings that the changes leave, the latest of each, as arguments of `Config`."""
    return {name: value for change in changes for name, value in change.settings}


def patches_of(changes: Iterable[Change]) -> tuple[Patch, ...]:
    """The patches of several changes, in their order."""
    return tuple(patch for change in changes for patch in change.patches)


def patched(data: Data, patches: Sequence[Patch]) -> Data:
    """The data after the patches; without any it is the same object, as is a split that they leave as it was.

    Raises:
        ValueError: a patch does not fit the data.
    """
    if not patches:
        return data
    splits = {name: list(examples) for name, examples in data.items()}
    for patch in patches:
        examples = splits.setdefault(patch.split, [])
        place = patch.index
        if patch.before is None:
            if patch.after is None or place > len(examples):
                raise ValueError(f"there is no place {place} in {patch.split}")
            examples.insert(place, patch.after)
        elif place >= len(examples) or examples[place] != patch.before:
            raise ValueError(f"example {place} of {patch.split} is another one by now")
        elif patch.after is None:
            del examples[place]
        else:
            examples[place] = patch.after
    return {
        name: data[name] if name in data and examples == data[name] else examples
        for name, examples in in_order(splits).items()
    }


def patches_for(data: Data, old: Sequence[Located], new: Sequence[Located]) -> tuple[Patch, ...]:
    """The patches that put each new example in the place of the old one with its number, or at the end of its split."""
    splits = {name: list(examples) for name, examples in data.items()}
    patches: list[Patch] = []
    for number in range(max(len(old), len(new))):
        gone = old[number] if number < len(old) else None
        come = new[number] if number < len(new) else None
        if gone:
            examples = splits.get(gone.split, [])
            if gone.example not in examples:
                raise ValueError("that point is no longer there")
            place = examples.index(gone.example)
            if come and come.split == gone.split:
                patches.append(Patch(gone.split, place, gone.example, come.example))
                examples[place] = come.example
                continue
            patches.append(Patch(gone.split, place, gone.example, None))
            del examples[place]
        if come:
            examples = splits.setdefault(come.split, [])
            patches.append(Patch(come.split, len(examples), None, come.example))
            examples.append(come.example)
    return tuple(patches)


def checked(new: Iterable[Located], classes: int) -> None:
    """Refuse examples that can't be: of no split, of no class, or nowhere."""
    for each in new:
        x, y, label = each.example
        if each.split not in SPLITS:
            raise ValueError(f"there is no split {each.split!r}: it is {', '.join(SPLITS)}")
        if not (isfinite(x) and isfinite(y)):
            raise ValueError("a point needs finite coordinates")
        if not 0 <= label < classes:
            raise ValueError(f"there is no class {label}: the network has {classes}")


def inverse(change: Change, step: int, role: str) -> Change:
    """The event that takes a change of data or parameters back, at another step."""
    patches = tuple(Patch(p.split, p.index, p.after, p.before) for p in reversed(change.patches))
    values = tuple((index, after, before) for index, before, after in reversed(change.values))
    return Change(step, patches=patches, values=values, role=role, what=change.what)


class Undo:
    """What can be taken back and done again after some events: edits, each with those that went on with it."""

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        self._count = 0
        self._last: Change | None = None
        self._done: list[list[Change]] = []
        self._undone: list[list[Change]] = []
        self.after(changes, len(changes))

    def after(self, changes: Sequence[Change], count: int) -> Self:
        """The same after the first so many of these events; quick where they go on from those before."""
        known = self._count
        if known > count or (known and changes[known - 1] is not self._last):
            known, self._done, self._undone = 0, [], []
        for change in changes[known:count]:
            if change.patches or change.values:
                self._follow(change)
        self._count, self._last = count, changes[count - 1] if count else None
        return self

    @property
    def done(self) -> list[Change]:
        """The edits that are in force, the latest last."""
        return [as_one(changes) for changes in self._done]

    @property
    def undone(self) -> list[Change]:
        """Those that were taken back, the latest last."""
        return [as_one(changes) for changes in self._undone]

    def _follow(self, change: Change) -> None:
        """Another event: an edit, or the taking back or doing again of one."""
        if change.role == "undo":
            self._undone.append(self._done.pop())
        elif change.role == "redo":
            self._done.append(self._undone.pop())
        else:
            self._undone.clear()
            if change.role == "more" and self._done:
                self._done[-1].append(change)
            else:
                self._done.append([change])

    def back(self, step: int, whole: Sequence[Change]) -> Change:
        """The event that takes back, at a step, what was done last; else a ValueError says where there is an edit."""
        if not self._done:
            where = ""
            if later := Undo(whole).done:
                where = f" at step {step}: the latest edit, {later[-1].what}, was made at step {later[-1].step}"
            raise ValueError(f"there is nothing to undo{where}")
        return inverse(as_one(self._done[-1]), step, "undo")

    def again(self, step: int) -> Change:
        """The event that does again, at a step, what was taken back last; a ValueError if nothing was."""
        if not self._undone:
            raise ValueError("there is nothing to do again")
        return as_one(self._undone[-1]).replaced(step=step, role="redo")


def as_one(changes: Sequence[Change]) -> Change:
    """Several edits, one after another, as the first of them."""
    values = tuple(value for change in changes for value in change.values)
    return changes[0].replaced(patches=patches_of(changes), values=values)


class Versions:
    """The data after each of a branch's changes: a few kept, those between found by patching."""

    def __init__(self, first: Data) -> None:
        self._kept: dict[int, Data] = {0: first}

    def after(self, count: int, changes: Sequence[Change]) -> Data:
        """The data after the first `count` of these changes."""
        at = count - count % EVERY
        while at not in self._kept:
            at -= EVERY
        data = self._kept[at]
        while at < count:
            begun, at = at, min(count, at + EVERY)
            data = patched(data, patches_of(changes[begun:at]))
            if at % EVERY == 0:
                self._kept[at] = data
        return data

    def fork(self, count: int) -> "Versions":
        """The same for a branch that has the first `count` changes in common."""
        other = Versions(self._kept[0])
        other._kept = {at: data for at, data in self._kept.items() if at <= count}
        return other
