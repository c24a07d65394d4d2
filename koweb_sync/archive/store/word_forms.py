"""Which words of French and English are one word in another number: outil and outils, journal and journaux.

Rules of plurals and no more, so that “communs” does not find “communication”. They are data, which the search of an
exported site reads too; and the forms of a word are few, so that an index can hold them for programs without rules.
"""

from functools import lru_cache

SHORTEST = 4  # letters: in shorter words the last one is part of the word (les, bus)
# What ends a word, and what that becomes in the form to which all are brought. The first that fits counts.
ENDINGS: tuple[tuple[str, str], ...] = (
    *(("eaux", "eau"), ("aux", "al"), ("eux", "eu"), ("oux", "ou")),
    *(("sses", "ss"), ("sse", "ss"), ("ss", "ss"), ("xes", "x"), ("xe", "x")),
    *(("ches", "ch"), ("che", "ch"), ("shes", "sh"), ("she", "sh")),
    *((f"{letter}y", f"{letter}ie") for letter in "bcdfghjklmnpqrstvwxz"),
    ("s", ""),
)
# Words that follow no rule. Many stand for themselves: without their last letter they are other words (mais, mai).
THEMSELVES = (
    "mais", "mois", "fois", "dans", "sans", "sous", "mars", "paris", "temps", "cours", "corps", "puis", "vers",
    "pays", "plus", "tres", "nous", "vous", "tous", "peux", "veux", "vais", "fais", "dois", "suis", "bois", "sens",
    "avis", "gens", "bras", "ours", "news", "lens", "this", "does", "goes",
)  # fmt: skip
KNOWN: dict[str, str] = dict(zip(THEMSELVES, THEMSELVES, strict=True)) | {
    "travaux": "travail", "vitraux": "vitrail", "coraux": "corail", "baux": "bail", "yeux": "oeil", "cieux": "ciel",
    "tuyaux": "tuyau", "noyaux": "noyau", "joyaux": "joyau", "boyaux": "boyau", "women": "woman", "children": "child",
}  # fmt: skip
# What may follow a part of an ending that was typed: journau* is journaux.
RESTS = tuple(sorted({ending[at:] for ending, _becomes in ENDINGS for at in range(len(ending) + 1)}))


@lru_cache(maxsize=5_000)
def singular(word: str) -> str:
    """The form to which all forms of a folded word are brought; it need not be a word that anybody writes."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return word
    if word in KNOWN:
        return KNOWN[word]
    for ending, becomes in ENDINGS:
        if word.endswith(ending):
            return word[: len(word) - len(ending)] + becomes
    return word


@lru_cache(maxsize=5_000)
def forms(word: str) -> tuple[str, ...]:
    """Every folded word with the same singular, `word` among them."""
    found = singular(word)
    if not (found.isascii() and found.isalpha()):
        return (word,)
    stem = [(found[: len(found) - len(becomes)], ending) for ending, becomes in ENDINGS if found.endswith(becomes)]
    others = {
        found,
        *(start + ending for start, ending in stem),
        *(one for one, same in KNOWN.items() if same == found),
    }
    return tuple(sorted(one for one in others | {word} if singular(one) == found))


def singulars_beginning(start: str) -> frozenset[str]:
    """The singulars, beside those that begin so themselves, of which a form begins so."""
    return frozenset(singular(start + rest) for rest in RESTS)
