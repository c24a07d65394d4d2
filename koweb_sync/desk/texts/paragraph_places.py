"""Where the paragraphs of a text are in a later one: what stayed, changed or stands elsewhere by now. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from koweb_sync.desk.texts.text_difference import are_like
from koweb_sync.posts.merge_texts import Effort, aligned

NEAR = 4  # paragraphs of the original among which one that changed is sought


@dataclass(frozen=True, slots=True)
class PairedParagraphs:
    """Which paragraph became which one, by their numbers, and which of them do not stand between the same (`moved`)."""

    places: Mapping[int, int]
    moved: Collection[int]

    def order(self, count: int) -> list[int]:
        """The numbers of all old ones (`count`) in the order of the new text. What is not in it stays behind the one
        that stood before it and did not move.
        """
        after, keys = -1, {}
        for number in range(count):
            place = self.places.get(number)
            if place is not None and number not in self.moved:
                after = place
            keys[number] = (after, 1) if place is None else (place, 0)
        return sorted(keys, key=lambda number: keys[number])


def paired(old: Sequence[str], new: Sequence[str], *, moves: bool) -> PairedParagraphs:
    """The paragraphs of two texts that are the same, or two forms of one. `moves`: also where they stand elsewhere."""
    same = [*aligned(old, new, Effort())]
    moved = elsewhere(old, new, dict(same)) if moves else {}
    found = dict(same) | moved
    taken = set(moved.values())
    i = j = 0
    for i_next, j_next in [*same, (len(old), len(new))]:
        for number in range(i, i_next):
            near = [one for one in range(j, min(j_next, j + NEAR)) if one not in taken]
            like = (one for one in near if number not in moved and old[number] and are_like(old[number], new[one]))
            place = next(like, None)
            if place is not None:
                found[number], j = place, place + 1
        i, j = i_next + 1, j_next + 1
    return PairedParagraphs(found, moved.keys())


def elsewhere(old: Sequence[str], new: Sequence[str], same: Mapping[int, int]) -> dict[int, int]:
    """The paragraphs that are the same in both, but for those that stand in the same order (`same`)."""
    left: dict[str, list[int]] = {}
    for place in sorted(set(range(len(new))) - set(same.values()), reverse=True):
        left.setdefault(new[place], []).append(place)
    rest = (number for number in range(len(old)) if number not in same and old[number])
    return {number: left[old[number]].pop() for number in rest if left.get(old[number])}
