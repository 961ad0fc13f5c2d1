"""What an edit is: the kinds of them, and sets of those that something follows from."""

from __future__ import annotations

from archcalc.diff.changes import Changed, Detail

MOST_FOLLOWED = 4  # causes that are named of one consequence; one more is kept, to know that there are more


class Cause:
    """One edit: what kind of, what it is about, what differs, and the layers that were edited with it.

    `change` is one of CHANGES. `in_line`: of what is new or gone, that it stands alone between what it reads and what reads it.
    """

    __slots__ = ("change", "details", "id", "in_line", "layers", "name", "place")

    def __init__(self, change: str, name: str, place: tuple[int, int], details: list[Detail]) -> None:
        self.id = 0
        self.change = change
        self.name = name
        self.place = place
        self.details = details
        self.layers: list[Changed] = []
        self.in_line = False


CHANGES = {
    "added": "layers that are new",
    "removed": "layers that are gone",
    "moved": "a layer that stands elsewhere: it reads, and is read by, others",
    "changed": "a layer whose kind, arguments, inputs or shared weights were edited; of an input, its size",
    "call": "a call of a block, or of a network used as a layer, whose arguments were edited",
    "definition": "what a name stands for: a `let`, a `def`, the list of a `for`",
    "parameter": "a parameter of the network that has another value",
    "layout": "the network's layout",
    "dtype": "what a value is stored as",
    "outputs": "what the network puts out",
    "order": "the order in which the layers run, where that changes the memory they take",
    "train": "the training recipe",
}


def union(*groups: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """All causes of the groups, each once, up to as many as are named."""
    if len(groups) == 1:
        return groups[0]
    found = list(groups[0])
    for group in groups[1:]:
        for cause in group:
            if len(found) > MOST_FOLLOWED:
                return tuple(found)
            if cause not in found:
                found.append(cause)
    return tuple(found)
