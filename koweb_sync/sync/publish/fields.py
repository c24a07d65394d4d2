"""A topic's title, category and tags: looked at before they are sent, merged key by key, and compared afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from koweb_sync.agreements import Agreement, Fields, encode
from koweb_sync.errors import ForumNotFound, HumanNeeded
from koweb_sync.forum.models import TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.field import ChangedThere, Compared, Field, FieldTarget
from koweb_sync.posts.fields import FIELDS, SEPARATE
from koweb_sync.sync.publish.actions import Edit
from koweb_sync.sync.publish.carry_out_action import PublishRun, agreeing, alive, topic_gone
from koweb_sync.sync.publish.may_write import checked
from koweb_sync.sync.world.compose import agreed_as_shown
from koweb_sync.sync.world.world import PostAtHead


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to send after a look at the topic, by name, as its route takes them. `read` is what we saw."""

    values: Mapping[str, Any] = field(default_factory=dict)
    read: TopicView | None = None

    @property
    def title(self) -> str | None:
        """The title to send; None if it stays."""
        return self.values.get("title")

    def beside(self, action: Edit) -> dict[str, Any]:
        """What is sent besides the text and what goes with it."""
        return {name: one for name, one in self.values.items() if not (action.with_text and FIELDS[name].with_text)}


def read_and_merge(run: PublishRun, action: Edit, was: Agreement) -> Merged:
    """Look at the topic before title, category or tags are sent, and merge them key by key. One request.

    Raises HumanNeeded where git and forum changed the same field to different values, EditConflict via `put` for texts.
    """
    try:
        view = checked(run, action, run.forum.topic(was.topic))
    except ForumNotFound as error:
        raise topic_gone(run, was.topic, action.source.path) from error
    there = Compared(view, run.site, was.title, was.tags)
    values: dict[str, Any] = {}
    for one in action.together:
        try:
            values[one.name] = one.merged(action.wants.get(one.name), was.sent.get(one.name), there)
        except ChangedThere as error:
            raise both(run, action, one, error.theirs) from error
    return Merged({name: value for name, value in values.items() if value is not None}, view)


def both(run: PublishRun, action: Edit, one: Field, theirs: str) -> HumanNeeded:
    """The same field changed in git and on the forum."""
    return HumanNeeded(
        _("The {field} was changed on the forum too, to “{theirs}”: {url}").format(
            field=one.words().called,
            theirs=theirs,
            url=run.forum.topic_url(action.agreed.topic),
        ),
        where=where(action, one),
        remedy=_("Decide which one holds: write it into the file, or change it back on the forum."),
    )


def where(action: Edit, one: Field) -> str:
    """The line of a file that says a field."""
    return f"{action.source.path}:{action.post.key_lines.get(one.name, 1) if action.post else 1}"


def put_fields(run: PublishRun, action: Edit, was: Agreement, merged: Merged) -> Agreement:
    """Category and tags in one request, and the title where no text is sent; another one looks what became of them.

    With a post's text, a category would be ignored without a word where the topic's tags are not allowed. Raises
    HumanNeeded where the forum did not do what it was asked.
    """
    sent = {name: (action.wants.get(name), value) for name, value in merged.beside(action).items()}
    facts = {"was": encode(was).decode(), "fields": list(sent), **sent}
    with run.writing("fields", action.source.ident, facts) as answer:
        run.forum.set_fields(was.topic, {FIELDS[name].sent_as: value for name, (_said, value) in sent.items()})
        view = alive(run, run.forum.topic(was.topic), action.source.path, was.post)
        made = agreeing(answer, run, agreed_as_shown(was, sent, view))
    if left := [name for name, (wanted, _there) in sent.items() if made.sent.get(name) != wanted]:
        raise not_done(run, action, FIELDS[left[0]], view)
    if any(FIELDS[name].renamed and not FIELDS[name].arrived(value, view) for name, (_said, value) in sent.items()):
        text = _("The forum keeps the tags as: {tags}")
        run.notes[action.source.ident] = text.format(tags=", ".join(view.tags) or "-")
    return made


def not_done(run: PublishRun, action: Edit, one: Field, view: TopicView) -> HumanNeeded:
    """The error about a field that the forum took and did not change."""
    return HumanNeeded(
        _("The forum did not change the {field}: it is still “{theirs}”: {url}").format(
            field=one.words().called, theirs=one.theirs(view, run.site), url=run.forum.topic_url(view.id)
        ),
        where=where(action, one),
        remedy=_("Look at it there: its rights, or the tags that this category takes, may say why."),
    )


def separate_fields(
    run: PublishRun, source: PostAtHead, was: Agreement, names: frozenset[str], wants: Fields
) -> Agreement:
    """The fields that have a request of their own."""
    to = FieldTarget(was.topic, was.post, run.settings.username)
    for name in (one.name for one in SEPARATE if one.name in names):
        facts = {"was": encode(was).decode(), "fields": [name]}
        with run.writing("fields", source.ident, facts) as answer:
            run.forum.send_field(FIELDS[name].request(wants.get(name), to))
            was = agreeing(answer, run, replace(was, sent=was.sent.but(**{name: wants.get(name)})))
    return was
