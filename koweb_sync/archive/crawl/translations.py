"""Posts in other languages, by the API: one request with the key for each post that has translations.

As many as `MOST` in a run, until all are held; each of them again when its post is read again (`reread`). Where the
forum translates nothing, or the key may not read translations, nothing more is asked. The forum tells of each its
language, its text, the topic's title with a first post, and on newer servers who translated; not when, nor the HTML.
"""

from sqlalchemy import func, select

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest import localisations
from koweb_sync.archive.ingest.changes import Row
from koweb_sync.archive.store import schema
from koweb_sync.forum.translations import PostTranslation

STATE = "translations"  # when the key was refused last
MOST = 500
AT_ONCE = 50


def wanted(run: Run) -> bool:
    """Whether translations are asked for."""
    return run.wishes.translations and run.wishes.uses_key


def expected(run: Run) -> int:
    """How many requests a run takes for the translations that are known of."""
    agenda = schema.AGENDA
    query = select(func.count()).where(agenda.c.forum == run.forum, agenda.c.kind == localisations.AGENDA)
    with run.store.read() as connection:
        return min(MOST, int(connection.execute(query).scalar() or 0)) if wanted(run) else 0


def translations(run: Run) -> None:
    """Read the translations that were noted."""
    left = MOST
    while left > 0 and not refused_today(run):
        found = [post for post, _detail in run.todo(localisations.AGENDA, min(AT_ONCE, left))]
        if not found:
            return
        for post in found:
            told = run.talk.translations(post)
            run.watch.step()
            if told is None:
                with run.page() as writer:
                    writer.cursor(STATE, {"refused": run.started})
                return
            with run.page() as writer:
                topic = writer.known(schema.POSTS, "id", [post])
                rows = [row for one in told.values() for row in rows_of(post, topic[0] if topic else None, one)]
                localisations.keep(writer, localisations.completed(writer, rows))
                writer.tell("translations", len(told))
                writer.done(localisations.AGENDA, [post])
            left -= 1


def refused_today(run: Run) -> bool:
    """Whether the key was refused since the last daily part."""
    refused, daily = (run.state(STATE) or {}).get("refused"), run.state("daily")
    return refused is not None and daily is not None and int(refused) >= int(daily) and not run.at("daily").get("due")


def rows_of(post: int, known: Row | None, one: PostTranslation) -> list[Row]:
    """A translation as rows: of the post, and of its topic's title."""
    if known is None:
        return []
    facts = {"locale": one.locale, "cooked": "", "person": one.by, "at": None}
    rows = [{"kind": "post", "id": post, "title": "", "raw": one.raw, **facts}]
    if one.title and known["number"] == 1:
        rows.append({"kind": "topic", "id": known["topic"], "title": one.title, "raw": "", **facts})
    return rows
