"""What a push sends: as many requests as its plan tells, and how many more at most.

Each action knows its own (`actions`). Beside those stand requests that a push sends for several actions together, or
for what only the history tells:

- 1 for each 30 topics of which only the text is sent, to see that none was closed (a lone one: at most once an hour);
- 1 for each topic of which the file that was agreed on does not say the text that was: it has to be ours;
- 1 for the tags of new topics, as the forum stored them;
- 1 for each author of posts that wait for a moderator;
- 1 for the style of heading anchors, where nobody knows it and a text depends on it;
- 1 for each topic that a reviewed plan edits;
- 1 more, perhaps, to tell a theme component what was published, if what it says changed; and, if nobody looked for
  long, up to 4 for the forum's facts and 1 for each 30 topics to see where they are;
- 1 less for each adopted topic of which nobody noted who opened it: it may only be let go.
"""

import math
from collections.abc import Set
from dataclasses import dataclass, replace

from koweb_sync.config import Settings
from koweb_sync.forum.site import Site
from koweb_sync.forum.tag_names import folded
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.posts.fields import SEPARATE
from koweb_sync.sync.component.in_sight import looks
from koweb_sync.sync.links.destinations import uses
from koweb_sync.sync.publish.actions import Ask, Create, Drop, Edit, Plan, Record, Take
from koweb_sync.sync.publish.titles import made_room
from koweb_sync.sync.recover.identity import file_says, named_in_file
from koweb_sync.sync.recover.past_versions import EARLIER, Past
from koweb_sync.sync.world.world import World
from koweb_sync.times import HOUR_IN_SECONDS

MANY = 30  # topics that one request tells about
BARRED = 3  # requests at most, to find out why an author may not write
FACTS = 4  # to read what the forum says of itself
NOTE = 1  # to renew the note under the topics
SCOPES = 1  # to read the key's scopes where the forum says no, once a push
NAMES = 1  # to read the names of all tags where a list shows translated ones, once a push
TWIN = 4 + EARLIER  # to look whose id or title it is where the forum refuses a create, with earlier texts
CLASH = 4  # to read a topic whose text is another one, who wrote that, and to send the text again
READ = 1 + EARLIER  # to read a topic that may be what waited for a moderator, with its earlier texts
QUEUE = 20  # pages of the review queue
CANDIDATES = 6  # topics that may be what waited
WHOLE = 4 + len(SEPARATE)  # to send what an adopted or approved topic still lacks: read, text, and all fields
UNSETTLED = 3 + EARLIER + QUEUE  # to find out what came of one write of a push that was cut off


@dataclass(frozen=True, slots=True)
class Start:
    """Where a push starts from, besides its plan. `now`: Unix seconds; `inherited`: ids of creates that an earlier run
    may have sent; `open`: how many of its writes have no answer yet; `reviewed`: the plan is carried out from its file.
    """

    now: float
    inherited: Set[str] = frozenset()
    open: int = 0
    reviewed: bool = False


def priced(repo: Repo, settings: Settings, world: World, site: Site | None, made: Plan, start: Start) -> Plan:
    """A plan that tells what it costs."""
    back = len(made_room(world.bookmark.agreed))  # recovered, if what they were deleted for is refused
    if not (made.acts or start.open or back):
        return made
    past = Past(repo, settings, world)
    ours = settings.username.casefold() if site is not None and site.staff else ""  # whose posts never wait
    held = {author(one, settings) for one in waiting(world, made)} - {ours}
    sent = [one for one in creates(made) if one.source.ident in start.inherited]
    files = dict(repo.blobs(one.agreed.blob for one in texts_only(made)))  # one process of git for them all
    beside = (
        look(world, made, start.now),
        sum(not file_says(past, one.agreed, files[Sha(one.agreed.blob)]) for one in texts_only(made)),
        any(one.wants.tags for one in creates(made)),
        len(held),
        sum(author(one, settings) != ours for one in sent),
        sum(titled(one) and same_slug(one) for one in edits(made)),
        len(edits(made)) if start.reviewed else 0,
    )
    perhaps = sum(opened_by_nobody_knows(past, one) for one in made.actions if isinstance(one, Drop))
    more = back + doubt(world, made) + QUEUE * len(held) + UNSETTLED * (start.open + len(sent))
    more += sum(one.in_doubt for one in made.translations)
    more += NAMES * (site is not None and bool(site.translates) and any(one.wants.tags for one in creates(made)))
    note = to_tell(world, site, len(creates(made))) if world.bookmark.component.theme else 0
    refused = refusals(settings, made) + bool(note)
    return replace(made, beside=sum(beside) - perhaps, in_doubt=more + perhaps + note, refused=refused)


def to_tell(world: World, site: Site | None, fresh: int) -> int:
    """How many requests it takes at most to tell the theme component; `fresh`: how many topics are created before."""
    facts = 0 if site is not None and site.is_fresh() else FACTS
    return NOTE + facts + looks(len(world.bookmark.agreed) + fresh)


def opened_by_nobody_knows(past: Past, action: Drop) -> bool:
    """Whether only the forum tells if a withdrawal may be carried out: an older koweb-sync adopted the topic."""
    return action.how != "keep" and not action.agreed.opened and named_in_file(past, action.agreed)


def waiting(world: World, made: Plan) -> list[Ask | Create]:
    """What was held for review: what is asked for, and what is to be sent again."""
    again = [one for one in creates(made) if one.source.ident in world.bookmark.pending]
    return [*(one for one in made.actions if isinstance(one, Ask)), *again]


def creates(made: Plan) -> list[Create]:
    """The creates of a plan."""
    return [one for one in made.actions if isinstance(one, Create)]


def edits(made: Plan) -> list[Edit]:
    """The edits of a plan."""
    return [one for one in made.actions if isinstance(one, Edit)]


def texts_only(made: Plan) -> list[Edit]:
    """The edits that read nothing by themselves before they write."""
    return [one for one in edits(made) if not one.reads and not one.lone]


def look(world: World, made: Plan, now: float) -> int:
    """How many requests it takes to see that no topic was closed of which only the text is sent."""
    unread = len(texts_only(made))
    recent = 0 <= now - world.bookmark.server.looked < HOUR_IN_SECONDS  # not what a clock that is ahead wrote
    if not world.bookmark.agreed or (unread == 1 and recent):
        return 0
    return math.ceil(unread / MANY)


def author(action: Ask | Create, settings: Settings) -> str:
    """In whose name a post waits."""
    told = action.pending.author if isinstance(action, Ask) else ""
    return (told or action.wants.author or settings.username).casefold()


def titled(action: Edit) -> bool:
    """Whether a new title goes with the text: then the answer's slug tells whether it was taken."""
    return action.with_text and "title" in action.fields


def same_slug(action: Edit) -> bool:
    """Whether an old and a new title have one slug, so that the answer tells nothing and the topic is read."""
    return folded(action.wants.title or "") == folded(action.agreed.sent.title or action.agreed.title)


def doubt(world: World, made: Plan) -> int:
    """How many requests more there may be where the forum refuses nothing but authors."""
    named = {one.wants.author.casefold() for one in creates(made) if one.wants.author}
    tagged = sum(bool(one.wants.tags) for one in creates(made))
    taken = [one for one in made.actions if isinstance(one, Ask | Take)]
    return sum(
        (
            BARRED * len(named) + SCOPES * bool(named),
            math.ceil(tagged / MANY) if tagged > MANY else 0,
            len(waiting(world, made)) * (2 + CANDIDATES * READ),
            sum(WHOLE + len(uses(one.post, world.atlas, None)) for one in taken),
            sum(titled(one) and not same_slug(one) for one in edits(made)),  # a forum may have slugs that say nothing
        )
    )


def refusals(settings: Settings, made: Plan) -> int:
    """How many requests more there may be where the forum refuses posts, or people wrote there meanwhile."""
    again = [one.requests + 2 for one in edits(made)] if settings.deleted == "recover" else []
    some = any(not isinstance(one, Record) for one in made.actions) or bool(made.translations)
    lists = 2 + math.ceil(len(texts_only(made)) / MANY)  # asked again without the key, where its scopes lack them
    back = sum(isinstance(one, Drop) and bool(one.room_for) for one in made.actions)  # recovered
    common = (SCOPES + NAMES + lists) * some
    return sum((TWIN * len(creates(made)), CLASH * len(edits(made)), sum(again), common, back))
