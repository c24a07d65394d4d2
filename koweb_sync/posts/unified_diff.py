"""What changed between two texts, line by line, as `diff -u` writes it.

difflib looks again and again at lines that stand often in a text: 32,000 signs of some of them cost it 16 seconds.
"""

from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

from koweb_sync.posts.merge_texts import Effort, aligned


class Aligned(SequenceMatcher[str]):
    """Takes as the same what `posts.merge_texts` does, within a number of steps."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__()
        self.old = old
        self.new = new

    def get_matching_blocks(self) -> list[Match]:
        """The runs of lines that stayed, and an empty one at the end, as difflib wants it."""
        blocks: list[Match] = []
        for i, j in aligned(self.old, self.new, Effort()):
            last = blocks[-1] if blocks else None
            if last and (last.a + last.size, last.b + last.size) == (i, j):
                blocks[-1] = Match(last.a, last.b, last.size + 1)
            else:
                blocks.append(Match(i, j, 1))
        return [*blocks, Match(len(self.old), len(self.new), 0)]


def unified(old: Sequence[str], new: Sequence[str], around: int = 3) -> Iterator[str]:
    """The lines of the difference, `around` so many that stayed; without the two that name the texts."""
    for group in Aligned(old, new).get_grouped_opcodes(around):
        first, last = group[0], group[-1]
        yield f"@@ -{_place(first[1], last[2])} +{_place(first[3], last[4])} @@"
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[i:i_end])
                continue
            yield from (f"-{line}" for line in old[i:i_end])
            yield from (f"+{line}" for line in new[j:j_end])


def _place(start: int, end: int) -> str:
    """Where a group begins, counted from 1, and of how many lines it is."""
    count = end - start
    if count == 1:
        return f"{start + 1}"
    return f"{start + bool(count)},{count}"
