"""What edited posts said before, by the forum's own pages about edits: who edited, when, why, and both texts.

One request for each edit that the archive does not know: Σ (version of p − 1) over the posts p that were edited, in a
first run; later one for each new edit. Only a key that may is asked for; where its scopes do not cover it, it is asked
once a day. Over Data Explorer nothing is asked: a post there costs no request, an edit would.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.ingest.earlier_texts import EarlierText, keep_earlier
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.ingest.topic_edits import TopicEdit, keep_topic_edits
from koweb_sync.archive.store import schema
from koweb_sync.errors import ForumKeyRefused
from koweb_sync.forum.models import Revision

SOURCE = "revision"
STATE = "revisions"  # up to which change of a post (microseconds) its edits were asked for
AT_ONCE = 100  # posts
IN_VAIN = 3  # edits in a row that nobody shows us: most servers say of a key that may not what they say of no edit


def wanted(run: Run) -> bool:
    """Whether edits are asked for."""
    return run.wishes.revisions and run.wishes.uses_key


def due(run: Run) -> Select[Any]:
    """Posts that were edited since edits were last asked for: number, version and the version that is held."""
    posts, since = schema.POSTS, int((run.state(STATE) or {}).get("until", 0))
    return (
        select(posts.c.id, posts.c.version)
        .where(
            posts.c.forum == run.forum,
            posts.c.id > 0,
            posts.c.version > 1,
            posts.c.shown == 1,
            posts.c.type.in_((1, 2)),
        )
        .where(or_(posts.c.updated > since, posts.c.updated.is_(None)), posts.c.user_deleted == 0, posts.c.hidden == 0)
    )


def expected(run: Run) -> int:
    """About how many requests the edits take that are known of."""
    if not wanted(run):
        return 0
    with run.store.read() as connection:
        return sum(len(missing(run, connection, post, version)) for post, version in connection.execute(due(run)))


def missing(run: Run, connection: Any, post: int, version: int) -> list[int]:
    """The numbers of a post's edits that are not held: with the text before it, and who made it."""
    table = schema.POST_VERSIONS
    query = select(table.c.version, table.c.editor).where(table.c.forum == run.forum, table.c.post == post)
    held = dict(map(tuple, connection.execute(query)))
    return [number for number in range(2, version + 1) if held.get(number) is None or number - 1 not in held]


def revisions(run: Run) -> None:
    """Read the edits that are not held, post by post."""
    if not wanted(run) or refused_today(run):
        return
    last, in_vain = int(run.at("revisions").get("post", 0)), 0
    posts = schema.POSTS
    while True:
        with run.store.read() as connection:
            query = due(run).where(posts.c.id > last).order_by(posts.c.id).limit(AT_ONCE)
            found = [
                (int(post), missing(run, connection, post, version)) for post, version in connection.execute(query)
            ]
        if not found:
            break
        last = found[-1][0]
        in_vain = ask(run, found, in_vain)
        if in_vain >= IN_VAIN:
            return
    with run.store.read() as connection:
        newest = select(func.max(posts.c.updated)).where(posts.c.forum == run.forum)
        until = int(connection.execute(newest).scalar() or 0)
    if (run.state(STATE) or {}).get("until") != until:
        with run.page() as writer:
            writer.cursor(STATE, {"until": until})


def ask(run: Run, found: Sequence[tuple[int, Sequence[int]]], in_vain: int = 0) -> int:
    """Read edits of posts, and keep them: how many in a row, with those `in_vain` before, nobody showed us. From
    `IN_VAIN` on the key may not, which is remembered.
    """
    for post, numbers in found:
        edits = read(run, post, numbers)
        in_vain = 0 if edits else in_vain + len(numbers)
        if edits is None or in_vain >= IN_VAIN:
            with run.page() as writer:
                writer.cursor(STATE, {**(run.state(STATE) or {}), "refused": run.started})
            return IN_VAIN
        with run.page() as writer:
            keep(run, writer, post, edits)
            writer.cursor("at:revisions", {"post": post})
    return in_vain


def of_new_texts(run: Run, topics: Sequence[int]) -> None:
    """Read the edits behind the texts of some topics that are new in this part of a run. Up to when edits were asked
    for stays as it is: other posts may have been edited earlier than these.
    """
    if not wanted(run) or refused_today(run):
        return
    posts, texts = schema.POSTS, schema.POST_VERSIONS
    mine = and_(texts.c.forum == posts.c.forum, texts.c.post == posts.c.id, texts.c.observed >= run.started)
    query = due(run).join(texts, mine).where(posts.c.topic.in_(topics)).distinct().order_by(posts.c.id)
    with run.store.read() as connection:
        found = [(int(post), missing(run, connection, post, version)) for post, version in connection.execute(query)]
    ask(run, [one for one in found if one[1]])


def refused_today(run: Run) -> bool:
    """Whether the key was refused since the last daily part."""
    refused, daily = (run.state(STATE) or {}).get("refused"), run.state("daily")
    return refused is not None and daily is not None and int(refused) >= int(daily) and not run.at("daily").get("due")


def read(run: Run, post: int, numbers: Sequence[int]) -> list[Revision] | None:
    """Ask for edits; those that nobody shows us are left out. None where the forum says that the key may not."""
    edits = []
    for number in numbers:
        try:
            found = run.talk.revision(post, number)
        except ForumKeyRefused:
            return None
        run.watch.step()
        if found is not None:
            edits.append(found)
    return edits


def keep(run: Run, writer: PageWriter, post: int, edits: Sequence[Revision]) -> None:
    """Keep the texts before and after edits, and who made those that are held. A text that staff hid is told by the
    edit that made it and by the one after it: it is kept only where somebody wants what staff may read.
    """
    known = {row["id"]: row for row in writer.known(schema.POSTS, "id", [post])}
    if post not in known or not edits:
        return
    editors = people(run, writer, {one.username for one in edits})
    held = list(writer.known(schema.POST_VERSIONS, "post", [post]))
    texts: dict[int, EarlierText] = {}
    for one in edits:
        if one.before is not None:
            texts.setdefault(one.number - 1, EarlierText(one.number - 1, one.before, "", None))
        if one.after is not None:
            texts[one.number] = EarlierText(
                one.number, one.after, "", one.at, editors.get(one.username.casefold()), one.reason, one.hidden
            )
    for one in edits:
        if one.hidden and not run.wishes.staff:
            texts.pop(one.number, None)
    sign(run, writer, post, held, texts)
    keep_earlier(writer, {post: [texts[n] for n in sorted(texts)]}, known, SOURCE)
    shown = [one for one in edits if run.wishes.staff or not one.hidden]
    changed = [of_topic(one, editors.get(one.username.casefold())) for one in shown]
    keep_topic_edits(writer, {post: changed}, known, run.left_out)


def of_topic(one: Revision, editor: int | None) -> TopicEdit:
    """What an edit changed of its topic."""
    title = one.titles[0] if one.titles else None
    return TopicEdit(one.number, editor, one.at, title=title, category=one.category, tags=one.tags)


def sign(run: Run, writer: PageWriter, post: int, held: Sequence[Row], texts: Mapping[int, EarlierText]) -> None:
    """Note who made the texts that are held, and why, where only the edit tells."""
    table = schema.POST_VERSIONS
    for row in held:
        told = texts.get(row["version"] or 0)
        if told is None or told.raw != row["raw"] or row["editor"] is not None or told.editor is None:
            continue
        if told.editor in writer.erasures.gone:
            continue
        mine = and_(table.c.forum == run.forum, table.c.post == post, table.c.n == row["n"])
        said = {"editor": told.editor, "reason": writer.erasures.text(told.reason)}
        writer.connection.execute(update(table).where(mine).values(**said))


def people(run: Run, writer: PageWriter, usernames: set[str]) -> dict[str, int]:
    """The numbers of people, by their usernames in small letters; those whom nobody told of yet have none."""
    table = schema.PEOPLE
    folded = {one.casefold() for one in usernames}
    query = select(table.c.folded, table.c.id).where(table.c.forum == run.forum, table.c.folded.in_(folded))
    return {str(name): int(number) for name, number in writer.connection.execute(query)}
