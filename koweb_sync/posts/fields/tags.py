"""`tags`: a set. The forum spells them in its own way, and knows some by other names (see `posts.tags`)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from koweb_sync.i18n import _, ngettext
from koweb_sync.posts import tags
from koweb_sync.posts.field import Compared, Field, Topic, Words
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.front_writing import Value
from koweb_sync.posts.problem import Problem, at_key

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.rules import Rules

_DROPPED = re.compile(r"[/?#\[\]@!$&'()*+,;=.%\\^|{}\"<>`]")
Tags = tuple[str, ...]


class TagsField(Field):
    """The tags of a topic."""

    name = sent_as = "tags"
    order = 40
    kind = tuple[str, ...]
    is_set = together = renamed = True

    def words(self) -> Words:
        """As people say it."""
        return Words(called=_("tags"), takes=_("list"), meaning=_("`[outils, choix]`, or one a line behind a dash"))

    def parse(self, reader: FrontReader) -> Tags | None:
        """A list of texts, each once."""
        return reader.texts(self.name)

    def loaded(self, value: Any) -> Tags:
        """A list of JSON as a tuple; what is none becomes one with which no record is read."""
        return tuple(value)

    def check(self, post: "PostFile", rules: "Rules") -> Iterator[Problem]:
        """Tags that the forum would refuse, cut or change without a word."""
        said = post.front.tags or ()
        if len(said) > rules.tags_max:
            text = ngettext(
                "The post has {n} tag; the forum takes at most {most}.",
                "The post has {n} tags; the forum takes at most {most}.",
                len(said),
            )
            yield at_key(post, self.name, "too-many-tags", text.format(n=len(said), most=rules.tags_max))
        for tag in said:
            if len(tag) > rules.tag_length_max:
                text = ngettext(
                    "The tag “{tag}” has {n} character; the forum takes at most {most}.",
                    "The tag “{tag}” has {n} characters; the forum takes at most {most}.",
                    len(tag),
                )
                text = text.format(tag=tag, n=len(tag), most=rules.tag_length_max)
                yield at_key(post, self.name, "tag-too-long", text)
            there = tags.stored(tag)
            if there != tag:
                text = (
                    _("The forum makes “{there}” of the tag “{tag}”.")
                    if there
                    else _("The forum drops the tag “{tag}”.")
                )
                code = "tag-punctuation" if _DROPPED.search(tag) else "tag-spelling"
                yield at_key(post, self.name, code, text.format(tag=tag, there=there), error=False)

    def mark(self, value: Tags | None) -> list[Any]:
        """The tags in small letters, in no order."""
        return [sorted(tag.casefold() for tag in value or ())]

    def merged(self, ours: Tags | None, sent: Tags | None, there: Compared) -> Tags | None:
        """Those of the forum, with what git added and without what it took away; None if nothing changes."""
        shown = there.topic.tags
        found = tags.merged(ours or (), sent or (), there.tags, shown)
        return None if tags.same(found) == tags.same(shown) else found

    def sends_again(self, ours: Tags | None, sent: Tags | None, stored: Tags) -> bool:
        """Not where the forum has them under other names."""
        return tags.same(tags.merged(ours or (), sent or (), stored, stored)) != tags.same(stored)

    def arrived(self, value: Tags, topic: Topic) -> bool:
        """Whether the forum shows exactly these."""
        return tags.same(topic.tags) == tags.same(value)

    def brought(self, says: Tags | None, sent: Tags | None, there: Compared) -> Value | None:
        """What the file says of the forum's, where they are others than it made of ours.

        Watched words bring more when a topic is made: those came with our own create, as long as nobody edited it.
        """
        shown, known = tags.same(there.topic.tags), tags.same(there.tags)
        if shown == known or (there.new and known < shown):
            return None
        return list(tags.brought(sent or (), there.tags, there.topic.tags))

    def adopted(self, topic: Topic) -> Value | None:
        """Those that it has."""
        return list(topic.tags) or None


KEY = TagsField()
