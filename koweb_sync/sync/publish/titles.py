"""Titles that go from one topic to another: the forum takes each once, so who gives one up goes first. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from koweb_sync.agreements import Agreement
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.posts.titles import words_of
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, Edit, Record, Refusal, Take
from koweb_sync.sync.publish.ambiguous_files import place_of_keys
from koweb_sync.sync.publish.order import cycles, walk
from koweb_sync.sync.world.world import World

OtherAction = Edit | Record | Ask | Take


@dataclass(frozen=True, slots=True)
class TitleOrder:
    """What comes before the creates of a plan, for it makes titles free (`first`); what comes after them (`then`); and
    what no order makes possible.
    """

    first: tuple[Drop | Edit, ...]
    then: tuple[Action, ...]
    refusals: tuple[Refusal, ...]


def in_order(drops: Sequence[Drop], creates: Sequence[Create], others: Sequence[OtherAction]) -> TitleOrder:
    """Actions in an order in which each title is free when a topic is to have it.

    Files that exchange their titles are refused: none of them can go first, and a title just for the moment would be
    seen by readers, and stay where a push is cut off.
    """
    by_ident = {one.source.ident: one for one in others}
    retitled = {ident: one for ident, one in by_ident.items() if isinstance(one, Edit) and "title" in one.fields}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for ident, edit in retitled.items():
        if edit.agreed.withdrawn != "delete" and held(edit):
            holders[held(edit)].append(ident)
    waits: dict[str, list[str]] = {ident: [] for ident in by_ident}
    for ident, edit in retitled.items():
        waits[ident] = [other for other in holders.get(wanted(edit), ()) if other != ident]
    groups = cycles(waits)
    early: set[str] = set()  # and what those wait for themselves
    for ident in (one for create in creates for one in holders.get(wanted(create), ())):
        list(walk(ident, waits, early))
    going = [by_ident[group[0]] for group in groups if len(group) == 1]
    first = [one for one in going if isinstance(one, Edit) and one.source.ident in early]
    made_room, last = rooms(drops, creates, [one for ident, one in retitled.items()])
    return TitleOrder(
        first=(*made_room, *first),
        then=(*(one for one in going if one.source.ident not in early), *last),
        refusals=tuple(
            exchange(retitled[ident], [retitled[one].source.path for one in sorted(group)])
            for group in groups
            if len(group) > 1
            for ident in sorted(group)
        ),
    )


def rooms(drops: Sequence[Drop], creates: Sequence[Create], edits: Sequence[Edit]) -> tuple[list[Drop], list[Drop]]:
    """The withdrawals that come before everything else, for a title becomes free by them, and those that come last."""
    new = {wanted(create): create.source for create in creates}
    changed = {wanted(edit) for edit in edits}
    first: list[Drop] = []
    last: list[Drop] = []
    for drop in drops:
        early = drop.how == "delete" and (held(drop) in new or held(drop) in changed)
        (first if early else last).append(replace(drop, room_for=new.get(held(drop))) if early else drop)
    return first, last


def due(drops: Sequence[Drop], creates: Sequence[Create], world: World) -> list[Drop]:
    """The withdrawals that are carried out now. A topic whose title a file has that waits for a moderator or is refused
    is not deleted before that file is published: else it would be on the forum neither here nor there.
    """
    known = {*world.bookmark.agreed, *(create.source.ident for create in creates)}
    files = (one for one in world.sources if one.ident not in known and not one.draft)
    waiting = {tuple(words_of(one.says.title or "")) for one in files}
    return [drop for drop in drops if drop.how != "delete" or held(drop) not in waiting]


def made_room(agreed: Mapping[str, Agreement]) -> list[Agreement]:
    """The topics that were deleted for a file that is not published yet."""
    return [one for one in agreed.values() if one.withdrawn == "delete" and one.room_for not in ("", *agreed)]


def wanted(action: Create | Edit) -> tuple[str, ...]:
    """The title that a topic is to have, as the words by which titles are told apart."""
    return tuple(words_of(action.wants.title or ""))


def held(action: Drop | Edit) -> tuple[str, ...]:
    """The title that a topic has."""
    return tuple(words_of(action.agreed.sent.title or action.agreed.title))


def exchange(edit: Edit, paths: Sequence[str]) -> Refusal:
    """Why a file is refused that takes another one's title while that one takes its own, or that of a third."""
    error = InputError(
        _("These files exchange their titles: {paths}. The forum takes each title once, so none can go first.").format(
            paths=", ".join(sorted(paths))
        ),
        where=place_of_keys(edit.source.path, edit.source.post, "title"),
        remedy=_(
            "Nothing was sent for them. Do it in two pushes: give one of them another title for now and push; then "
            "give it the one that it is to have, and push again."
        ),
    )
    return Refusal(edit.source.path, error, edit.agreed.topic)
