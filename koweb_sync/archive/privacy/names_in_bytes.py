"""Names in bytes that are no text: in any case, composed or not, percent-encoded. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote


class BytesSought:
    """All forms of some names. Letters of ASCII are found in any case, others in those that names have."""

    def __init__(self, forms: Iterable[bytes]) -> None:
        self.forms = sorted({one.lower() for one in forms}, key=lambda form: (-len(form), form))

    def spans(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where each form stands: start and end, from left to right; of several in one place the longest. Forms are
        sought one by one, for that is many times faster than all of them together.
        """
        small = data.lower()
        ahead = {form: small.find(form) for form in self.forms}
        while found := [(start, -len(form)) for form, start in ahead.items() if start >= 0]:
            start, size = min(found)
            end = start - size
            yield start, end
            ahead = {form: small.find(form, end) if 0 <= at < end else at for form, at in ahead.items()}

    def stand_in(self, word: bytes) -> bool:
        """Whether a word holds one of them."""
        small = word.lower()
        return any(form in small for form in self.forms)

    def are(self, word: bytes) -> bool:
        """Whether a word is one of them, and nothing else."""
        return word.lower() in self.forms


def bytes_sought(names: Iterable[str], shortest: int) -> BytesSought | None:
    """All forms of some names that have so many bytes at least; None if there is nothing to look for."""
    found = {form for name in names for form in forms(name) if len(form) >= shortest}
    return BytesSought(found) if found else None


def forms(name: str) -> set[bytes]:
    """How bytes may say a name: composed or not, in any case, percent-encoded."""
    cased = {name, name.lower(), name.upper(), name.title(), name.casefold()}
    spelt = {unicodedata.normalize(form, one) for one in cased for form in ("NFC", "NFD")}
    return {one.encode() for one in spelt} | {quote(one, safe="").encode() for one in spelt}
