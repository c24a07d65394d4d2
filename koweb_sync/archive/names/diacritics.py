"""Signs that belong to the letter before them: accents, vowels of other scripts. Pure."""

import unicodedata

KINDS = frozenset(("Mn", "Mc", "Me"))


def accents() -> str:
    """All signs that belong to the letter before them, as ranges in a class of a regular expression."""
    category = unicodedata.category
    found = {n for n in range(0x300, 0x1F000) if category(chr(n)) in KINDS}
    edges = sorted(n for n in found if n - 1 not in found)
    ends = sorted(n for n in found if n + 1 not in found)
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(edges, ends, strict=True))


MARKS = accents()
