"""Which posts are published: what somebody leaves out stays here, as “koweb push --only” leaves what it does not name.
Pure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from koweb_sync.config import Settings
from koweb_sync.posts.translation import named
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Action, Create, Drop, Edit, Plan, Record
from koweb_sync.sync.publish.translations import Translate, TranslationAction, Untranslate


@dataclass(frozen=True, slots=True)
class PostLeftOut:
    """A post that stays here while others are published."""

    path: str
    title: str


def title_of(action: Action) -> str:
    """The title of the topic that an action is about."""
    return action.agreed.title if isinstance(action, Drop) else action.wants.title or show.row(action)[1]


def waits(action: Action) -> bool:
    """Whether there is something to tell of an action: not where git only notes what the forum has already."""
    return not isinstance(action, Record) or action.agreed.path != action.source.path


def sends(action: Action | TranslationAction) -> bool:
    """Whether the forum changes by it: not where koweb only asks, or notes what is so already."""
    match action:
        case Create() | Edit():
            return True
        case Translate():
            return action.sends
        case Untranslate():
            return not action.keep
        case Drop():
            return action.how != "keep"
        case _:
            return False


def sent_paths(plan: Plan) -> set[str]:
    """The paths of the texts by which the forum changes."""
    posts = {show.row(one)[1] for one in plan.actions if sends(one)}
    return posts | {one.path for one in plan.translations if sends(one)}


def left_out(
    plan: Plan, uncommitted: Sequence[str], settings: Settings, without: Collection[str]
) -> tuple[tuple[str, ...], tuple[PostLeftOut, ...]]:
    """What “--only” would name, and what stays; nothing of both where nothing is left out, or nothing would be sent.

    `plan` and `uncommitted` are about everything; `without`: paths as a person chose them, of which some may be done.
    What changes nothing on the forum does not wait, and is not named. A translation waits for its original.
    """
    actions, sent = {show.row(one)[1]: one for one in plan.actions}, sent_paths(plan)
    beside = {one.path: one for one in plan.translations}
    waiting = {path for path, original in originals(plan).items() if original in without and not beside[path].topic}
    without = waiting.union(without)
    gone = [path for path in (*actions, *beside) if path in without]
    if not gone or sent <= set(gone):
        return (), ()
    moved = {one.agreed.path for path in gone if isinstance(one := actions.get(path), Edit | Record)}  # with its file
    texts = {path for path in uncommitted if settings.is_text(path)}
    only = {*actions, *beside, *(one.path for one in plan.refusals), *texts} - {*gone, *moved}
    only -= {path for path in only - beside.keys() if (told := named(path)) and told[0] in gone}  # is of nothing there
    left = [PostLeftOut(path, title_of(actions[path])) for path in gone if path in actions and path in sent]
    return tuple(sorted(only)), (*left, *(PostLeftOut(path, path) for path in gone if path in beside and path in sent))


def refused_apart(plan: Plan, without: Collection[str]) -> frozenset[str]:
    """The paths of texts that cannot be sent and that nobody chose, where somebody left anything out and something is
    sent. A text whose translation is sent, and a translation of a text that is, are chosen with it.

    `plan` is about everything; `without` as for `left_out`.
    """
    refused, sent = {one.path for one in plan.refusals}, sent_paths(plan)
    chosen = {of for path in sent.difference(without) for of in (path, original_of(path))}
    if not (chosen and (sent | refused).intersection(without)):
        return frozenset()
    return frozenset(path for path in refused if path in without or not chosen & {path, original_of(path)})


def original_of(path: str) -> str:
    """By its name, the path of the text that a file may be a translation of; its own where it is none."""
    told = named(path)
    return told[0] if told else path


def originals(plan: Plan) -> dict[str, str]:
    """By the path of each translation that is planned, that of its original."""
    return {one.path: one.source.original for one in plan.translations if isinstance(one, Translate)}
