"""The world as a push and a pull see it: HEAD, what was agreed, and what HEAD holds of what was seen since."""

from dataclasses import replace

from koweb_sync.bookmark import Bookmark
from koweb_sync.config import Settings
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.sync.recover.renamed import renamed
from koweb_sync.sync.world.bindings import names
from koweb_sync.sync.world.seen import Kept, compared_with_head, load, spoken
from koweb_sync.sync.world.trailers import TRAILER
from koweb_sync.sync.world.world import World, read_world


def survey(
    repo: Repo, settings: Settings, bookmark: Bookmark, style: str, *, network: bool = True, at: Sha | None = None
) -> World:
    """Read the world; where HEAD holds a newer text of the forum, that text is where this side starts from."""
    return survey_with_seen(repo, settings, bookmark, style, network=network, at=at)[0]


def survey_with_seen(
    repo: Repo, settings: Settings, bookmark: Bookmark, style: str, *, network: bool = True, at: Sha | None = None
) -> tuple[World, Kept]:
    """The world, and what was seen of the forum so far."""
    kept = load(repo, settings, bookmark)
    bookmark = spoken(bookmark, kept.locales)
    adopted_here = {int(one.pair.topic): ident for ident, texts in kept.texts.items() for one in texts if not one.since}
    known = names(bookmark, adopted_here, alone=settings.alone)
    world = read_world(repo, settings, known, style, network=network, at=at)
    if paths := renamed(repo, settings, world):
        known = replace(known, paths=paths)
        world = read_world(repo, settings, known, style, network=network, at=at)
    found = compared_with_head(repo, settings, world, kept.texts)
    newer = {ident: one.pair for ident, one in found.newer.items()}
    ahead = world.ahead
    if found.taken:
        known = known.with_bookmark(bookmark.with_agreements(found.taken.values()))
        world = read_world(repo, settings, known, style, network=network, at=at)
        ahead = world.ahead | {one.blob for one in found.taken.values()}
    more = adopted(repo, settings, world)
    taken = frozenset(found.taken)
    found_out = replace(world, ahead=ahead, taken=taken, newer=newer, adopted=more, states=kept.states)
    return replace(found_out, unfinished=bool(newer) and unfinished(repo, settings)), kept


def unfinished(repo: Repo, settings: Settings) -> bool:
    """Whether a pull waits for a person."""
    from koweb_sync.sync.world.pull_note import note

    return note(repo, settings) is not None


def adopted(repo: Repo, settings: Settings, world: World) -> frozenset[str]:
    """Ids of files that name a topic about which nothing is agreed, and that a commit brought from there."""
    known = {agreed.topic for agreed in world.bookmark.agreed.values()}
    named = {
        f"{settings.name}/{source.post.front.topic}": source.ident
        for source in world.sources
        if source.post and source.post.front.topic and source.post.front.topic not in known
        if source.ident not in world.bookmark.agreed
    }
    texts = repo.trailers(world.head, TRAILER) if named else {}
    return frozenset(named[topic] for text in texts if (topic := text.partition("@")[0]) in named)
