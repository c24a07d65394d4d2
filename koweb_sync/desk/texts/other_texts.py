"""What other pages hold of a post, typed and not saved: told where one looks at it, to be decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from koweb_sync.desk.texts.earlier_texts import first_difference, told_apart
from koweb_sync.desk.texts.unsaved import TypedText
from koweb_sync.desk.texts.writing import PostForm

FEW = 5  # texts that a page tells of; the next ones come when those are decided


@dataclass(frozen=True, slots=True)
class OtherText:
    """Such a text: what an address calls it, when it was kept, and how it differs from the saved text."""

    called: str
    when: str
    words: str


def others(found: Iterable[TypedText], but: TypedText | None, opened: PostForm) -> list[OtherText]:
    """Those of a post that says `opened`, but the one that the page shows."""
    rest = [one for one in found if but is None or one.called != but.called]
    times = [one.at for one in rest]
    return [OtherText(one.called, told_apart(one.at, times), first_difference(one.form, opened)) for one in rest[:FEW]]
