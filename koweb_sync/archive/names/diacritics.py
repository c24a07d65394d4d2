"""Signs that belong to the letter before them: accents, vowels of other scripts. Pure."""

import unicodedata


def accents() -> str:
    """All signs that belong to the letter before them, as ranges in a class of a regular expression."""
    found = [n for n in range(0x300, 0x1F000) if unicodedata.category(chr(n)).startswith("M")]
    edges = [n for n in found if unicodedata.category(chr(n - 1))[0] != "M"]
    ends = [n for n in found if unicodedata.category(chr(n + 1))[0] != "M"]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(edges, ends, strict=True))


MARKS = accents()
