"""Which versions of a text were on the forum, as far as the bookmark's own history tells."""

import re
from collections.abc import Collection, Sequence

from koweb_sync.desk.texts.earlier_texts import PostFileVersion
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.i18n import _

_CHANGE = re.compile(rb":[0-7]{6} [0-7]{6} [0-9a-f]+ ([0-9a-f]+) ")


def ever_agreed(repo: Repo, bookmark: Sha | None, topic: int, locale: str = "") -> set[str]:
    """The contents of a topic's post file, or of its translation into a language, on which both sides agreed at some
    time. One process.
    """
    if bookmark is None:
        return set()
    path = f"files/{topic // 100}/{topic}" + (f"-{locale}" if locale else "")
    log = ("log", "--format=", "--raw", "--no-abbrev", "--full-history", "-m", "-z", bookmark, "--", path)
    return {found.decode() for found in _CHANGE.findall(repo.git(*log))}


def publication_words(found: Sequence[PostFileVersion], agreed: Collection[str]) -> list[str]:
    """Of each version, the newest first, whether it was on the forum, in words; "" where nobody knows: of what is older
    than all that was agreed on, and of a choice between two texts.
    """
    places = [number for number, one in enumerate(found) if one.blob in agreed]
    first, last = (places[0], places[-1]) if places else (0, 0)

    def told(number: int, one: PostFileVersion) -> str:
        if one.blob in agreed:
            return _("was published")
        if one.brought and not one.chosen:
            return _("from the forum")
        if number >= last or one.chosen:
            return ""
        return _("never published") if number > first else _("not published so far")

    return [told(number, one) for number, one in enumerate(found)]
