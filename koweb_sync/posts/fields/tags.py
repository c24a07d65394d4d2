"""`tags`: a set. The forum spells them in its own way, and knows some by other names (see `posts.tags`)."""

import re
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from koweb_sync.i18n import _, ngettext
from koweb_sync.posts import tags
from koweb_sync.posts.field import Compared, Field, KeyWords, KnownCategories, ShownTopic
from koweb_sync.posts.front import Text, read_front
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.front_writing import Value, yaml_value
from koweb_sync.posts.problem import Problem, at_key

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.rules import Rules

_DROPPED = re.compile(r"[/?#\[\]@!$&'()*+,;=.%\\^|{}\"<>`]")
_COMMENT = re.compile(r"^tags:[ \t]*(#[^\s#].*?)[ \t]*\r?$", re.MULTILINE)
Tags = tuple[str, ...]


class TagsField(Field):
    """The tags of a topic."""

    name = sent_as = "tags"
    order = 40
    kind = tuple[str, ...]
    is_set = together = renamed = True

    def words(self) -> KeyWords:
        """As people say it."""
        return KeyWords(called=_("tags"), takes=_("list"), meaning=_("`[outils, choix]`, or one a line behind a dash"))

    def parse(self, reader: FrontReader) -> Tags | None:
        """A list of texts, each once."""
        return reader.texts(self.name)

    def loaded(self, value: Any) -> Tags:
        """A list of JSON as a tuple; what is none becomes one with which no record is read."""
        return tuple(value)

    def comparable(self, text: str) -> Hashable:
        """A tag as the forum stores it."""
        return tags.stored(text) or text

    def check(self, post: "PostFile", rules: "Rules") -> Iterator[Problem]:
        """Tags that the forum would refuse, cut or change without a word, or that nobody can tell apart."""
        yield from unclear(post)
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

    def differs(self, wanted: Tags | None, sent: Tags | None, places: KnownCategories | None) -> bool:
        """Whether the forum would store others than it did: what it makes of a tag is no other one."""
        return wanted is not None and tags.same_tags(wanted) != tags.same_tags(sent or ())

    def mark(self, value: Tags | None) -> list[Any]:
        """The tags in small letters, in no order."""
        return [sorted(tag.casefold() for tag in value or ())]

    def merged(self, ours: Tags | None, sent: Tags | None, there: Compared) -> Tags | None:
        """Those of the forum, with what git added and without what it took away; None if nothing changes."""
        shown = there.topic.tags
        found = tags.merged(ours or (), sent or (), there.tags, shown)
        return None if tags.same_tags(found) == tags.same_tags(shown) else found

    def sends_again(self, ours: Tags | None, sent: Tags | None, stored: Tags) -> bool:
        """Not where the forum has them under other names."""
        return tags.same_tags(tags.merged(ours or (), sent or (), stored, stored)) != tags.same_tags(stored)

    def arrived(self, value: Tags, topic: ShownTopic) -> bool:
        """Whether the forum shows exactly these."""
        return tags.same_tags(topic.tags) == tags.same_tags(value)

    def theirs(self, topic: ShownTopic, places: KnownCategories | None) -> str:
        """Those that the forum shows."""
        return ", ".join(topic.tags) or "-"

    def brought(self, says: Tags | None, sent: Tags | None, there: Compared) -> Value | None:
        """What the file says of the forum's, where they are others than it made of ours.

        Watched words bring more when a topic is made: those came with our own create, as long as nobody edited it.
        """
        shown, known = tags.same_tags(there.topic.tags), tags.same_tags(there.tags)
        if shown == known or (there.new and known < shown):
            return None
        return list(tags.brought(sent or (), there.tags, there.topic.tags))

    def adopted(self, topic: ShownTopic) -> Value | None:
        """Those that it has."""
        return list(topic.tags) or None


def unclear(post: "PostFile") -> Iterator[Problem]:
    """Tags of which nobody can tell where one ends: words behind each other, or behind a comment's sign."""
    if post.front.tags is None and "tags" in post.key_lines:
        if found := _COMMENT.search(post.data.decode()):
            text = _("To YAML, “{said}” is a comment: the post has no tags. Write: {list}")
            words = [word.strip("#,") for word in found[1].split()]
            yield at_key(post, "tags", "tags-comment", text.format(said=found[1], list=listed(words)))
        return
    words = " ".join(post.front.tags or ()).split() if len(post.front.tags or ()) == 1 else []
    if len(words) > 1 and isinstance(read_front(post.path, post.data).keys["tags"].value, Text):
        text = _("“{said}” may be one tag or {n}. Write for one: {one} and for {n}: {many}")
        said = (post.front.tags or ("",))[0]
        many = listed([word.strip("#,;") for word in words])
        text = text.format(said=said, n=len(words), one=listed([said]), many=many)
        yield at_key(post, "tags", "tags-unclear", text)


def listed(words: list[str]) -> str:
    """Tags as a front matter holds them."""
    return f"tags: {yaml_value([word for word in words if word])}"


KEY = TagsField()
