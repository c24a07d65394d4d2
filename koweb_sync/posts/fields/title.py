"""`title`: what the topic is called. The forum prettifies it: capitals, spaces and signs may differ there."""

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.field import ChangedThere, Compared, Field, KeyWords, KnownCategories, ShownTopic
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.problem import Problem, at_key
from koweb_sync.posts.title_emoji import count
from koweb_sync.posts.titles import same_title, words_of
from koweb_sync.spelling import nearest

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.rules import Rules


class MissingTitle(PostFileError):
    """A post file without a title."""


class TitleField(Field):
    """The title of a topic."""

    name = sent_as = "title"
    order = 10
    kind = str
    together = with_text = True

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(called=_("title"), takes=_("text"), meaning=_("required"))

    def parse(self, reader: FrontReader) -> str:
        """The title, without spaces around it. Raises PostFileError if it is missing."""
        text = reader.single(self.name)
        if text is None or not text.text.strip():
            key = reader.front.keys.get(self.name)
            others = [name for name in reader.front.keys if name != self.name]
            raise MissingTitle(
                reader.path,
                key.line if key else 1,
                _("The title is missing."),
                _("Write “title:” instead of “{key}:”.").format(key=near)
                if (near := nearest(self.name, others, alike=0.7) or nearest(self.words().called, others, alike=0.7))
                else _("Add a line “title: …” to the front matter."),
            )
        return reader.text(self.name, text)

    def comparable(self, text: str) -> Hashable:
        """Its words."""
        return tuple(words_of(text)) or text

    def check(self, post: "PostFile", rules: "Rules") -> Iterator[Problem]:
        """What the forum refuses for its length, or for too many emoji."""
        title = post.front.title
        if len(title) < rules.title_min:
            yield at_key(post, self.name, "title-too-short", short_title(len(title), rules.title_min))
        if len(title) > rules.title_max:
            text = ngettext(
                "The title has {n} character; the forum takes at most {most}.",
                "The title has {n} characters; the forum takes at most {most}.",
                len(title),
            )
            yield at_key(post, self.name, "title-too-long", text.format(n=len(title), most=rules.title_max))
        if (emojis := count(title)) > rules.title_emojis:
            text = _("The title has {n} emoji. Unless a forum is set otherwise, it takes {most} and refuses more.")
            text = text.format(n=emojis, most=rules.title_emojis)
            yield at_key(post, self.name, "title-emoji", text, error=False)  # no forum tells how it is set

    def mark(self, value: str | None) -> list[Any]:
        """The title, whatever it is."""
        return [value]

    def merged(self, ours: str | None, sent: str | None, there: Compared) -> str | None:
        """Ours, unless the forum shows it already."""
        shown = there.topic.title
        if shown == ours:
            return None
        if not same_title(shown, sent or there.title) and not same_title(shown, ours or ""):
            raise ChangedThere(shown)
        return ours or ""

    def arrived(self, value: str, topic: ShownTopic) -> bool:
        """Whether the forum shows it, prettified or not."""
        return same_title(topic.title, value)

    def theirs(self, topic: ShownTopic, places: KnownCategories | None) -> str:
        """The title on the forum."""
        return topic.title

    def brought(self, says: str | None, sent: str | None, there: Compared) -> str | None:
        """The forum's, where somebody made another one of it. What it showed already is what it made of ours."""
        title, shown = sent or there.title, there.topic.title
        known = shown == title or (shown == there.title and same_title(shown, title))
        return None if known or (not there.exact and same_title(shown, title)) else shown


def short_title(length: int, least: int) -> str:
    """What to say about a title of so few characters."""
    text = ngettext(
        "The title has {n} character; the forum wants at least {least}.",
        "The title has {n} characters; the forum wants at least {least}.",
        length,
    )
    return text.format(n=length, least=least)


KEY = TitleField()
