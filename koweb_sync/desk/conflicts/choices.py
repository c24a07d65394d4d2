"""What somebody chose in a form of places that both sides changed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from koweb_sync.desk.conflicts.note_words import in_comments
from koweb_sync.desk.conflicts.pieces import Choice, ConflictPiece
from koweb_sync.desk.texts.unsent import UnsentWords
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.posts.markdown import with_lf


def chosen(pieces: Sequence[ConflictPiece], given: Mapping[str, str]) -> dict[int, tuple[Choice, str]]:
    """The choices of a form. Raises InputError where one is missing."""
    found: dict[int, tuple[Choice, str]] = {}
    clashes = [one for one in pieces if one.clash]
    for number, clash in enumerate(clashes):
        said = given.get(f"choice-{number}", "")
        choice = next((one for one in clash.choices if one == said), None)
        if choice is None:
            raise InputError(_("Choose for every place which text stays."))
        typed = in_comments(pieces, given.get(f"text-{number}", ""))
        if choice != "edit" and typed.strip() and with_lf(typed).strip() != with_lf(clash.ours).strip():
            raise InputError(
                _("You wrote a text of your own, but chose another one."),
                remedy=_("Choose “This text instead”, or empty the field."),
            )
        found[number] = (choice, typed)
    return found


def place_names(pieces: Iterable[ConflictPiece]) -> list[str]:
    """What names each place that both sides changed: what they say there. Where other places change, it stays."""
    met: Counter[str] = Counter()
    found = []
    for one in pieces:
        if one.clash:
            told = hashlib.sha256(f"{one.ours}\0{one.theirs}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
            met[told] += 1
            found.append(f"{told}-{met[told]}")
    return found


def said_choices(given: Mapping[str, str]) -> Iterator[UnsentWords]:
    """What a form says of its places, each by its name; nothing of one about which it says nothing."""
    number = 0
    while name := given.get(f"place-{number}"):
        if choice := given.get(f"choice-{number}"):
            yield UnsentWords(name, given.get(f"text-{number}", ""), choice)
        number += 1
