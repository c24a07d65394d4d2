"""What a text may link to, by words of its title: other post files, and topics of the forum, first those that this
computer knows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from koweb_sync.archive.read.reader import EVERYTHING
from koweb_sync.archive.read.search import search
from koweb_sync.config import Settings
from koweb_sync.desk.previews.post_list import has_words
from koweb_sync.desk.run.session import connected, quietly
from koweb_sync.desk.serving.archive_reading import reading
from koweb_sync.desk.words.refusals import in_desk_words
from koweb_sync.errors import ForumDown, ForumUnreachable, KowebError
from koweb_sync.i18n import _

MOST = 20  # of each kind that a search shows
POSTS = 300  # of the archive that are looked through for their topics
SHORTEST = 3  # letters that a forum's search wants
WEB = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
BARE = re.compile(r"www\.[\w-]+\.\S+|(?:[\w-]+\.)+[a-z]{2,}/\S*", re.IGNORECASE)
CHOSEN = re.compile(r"([1-9][0-9]{0,16}) (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ForumTopic:
    """A topic of the forum that no post file is: its number and title."""

    number: int
    title: str

    @property
    def said(self) -> str:
        """It as a button of a page sends it."""
        return f"{self.number} {self.title}"

    def address(self, settings: Settings) -> str:
        """Where it is, whatever it will be called."""
        return f"{settings.url}/t/-/{self.number}"


@dataclass(frozen=True, slots=True)
class LinkChoices:
    """What a search found. `own`: post files, path -> title; `topics`: of the forum. `asked`: the forum itself was,
    with one request; `why_not`: why it was not, where it was to be; `address`: what was typed is one.
    """

    own: Mapping[str, str]
    topics: Sequence[ForumTopic]
    asked: bool = False
    why_not: str = ""
    address: str = ""

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not self.own and not self.topics and not self.address


def chosen(said: str) -> ForumTopic | None:
    """The topic that such a button says."""
    found = CHOSEN.fullmatch(said)
    return ForumTopic(int(found[1]), " ".join(found[2].split())) if found else None


def typed_address(said: str) -> str:
    """The address on the web that somebody typed or pasted, with what stands before it; "" for other words."""
    return said if WEB.fullmatch(said) else f"https://{said}" if BARE.fullmatch(said) else ""


def choices(
    words: str, others: Mapping[str, str], own_topics: Mapping[int, str], topics: Iterable[ForumTopic]
) -> LinkChoices:
    """What fits some words. `others`: post files, path -> title; `own_topics`: topic -> path of its post file: what is
    found there is that post file.
    """
    own = {path: title for path, title in others.items() if has_words(title, words)}
    strangers: dict[int, ForumTopic] = {}
    for one in topics:
        path = own_topics.get(one.number, "")
        if path in others:
            own[path] = others[path]
        elif not path:
            strangers.setdefault(one.number, one)
    return LinkChoices(dict(islice(own.items(), MOST)), tuple(islice(strangers.values(), MOST)))


def remembered(words: str) -> list[ForumTopic]:
    """Topics that the archive of this computer holds, those first whose title has the words. No request. What was typed
    of a word is enough.
    """
    beginnings = " ".join(f"{word}*" for word in words.split())
    try:
        with reading() as reader:
            hits = [hit for hit, _entry in search(reader, beginnings, EVERYTHING, POSTS)]
            numbers = dict.fromkeys(one.topic for one in hits if one.shown and one.title)
            found = [topic for number in islice(numbers, MOST * 3) if (topic := reader.topic(number))]
    except KowebError:
        return []  # there is none, or the page Memory says what is wrong with it
    those = [ForumTopic(one.id, one.title) for one in found if one.shown and one.archetype == "regular"]
    return sorted(those, key=lambda one: not has_words(one.title, words))


def asked(settings: Settings, words: str) -> tuple[list[ForumTopic], str]:
    """Topics that the forum's own search finds by their titles, with one request; and why it was not asked, or gave no
    answer: what this computer knows is there all the same.
    """
    if len(words.strip()) < SHORTEST:
        return [], _("The forum searches for words of three letters or more.")
    try:
        with connected(settings, quietly) as forum:
            return [ForumTopic(int(one.id), one.title) for one in forum.search_title(words)], ""
    except (ForumUnreachable, ForumDown):
        return [], _("The forum does not answer: only this computer was searched.")
    except KowebError as error:
        return [], _("{why} Only this computer was searched.").format(why=in_desk_words(error).message)
