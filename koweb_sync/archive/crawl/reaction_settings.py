"""How a forum's plugin of reactions is set: which reaction is a like, and whether there are others at all.

Asked once: one request where posts tell of reactions for the first time, and one where another reaction stands in the
place of all likes that we hold. Later a topic's own page tells it, too. A change is told as that; nothing that people
did is concluded from it.
"""

from collections.abc import Sequence

from sqlalchemy import select

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.store import schema
from koweb_sync.forum.models import Post

STATE = "reactions"


def note_reactions(run: Run, posts: Sequence[Post]) -> None:
    """Posts of a forum, read just now: they tell reactions, or they do not."""
    told = {one.reactions is not None for one in posts if one.deleted is None}
    if len(told) != 1:
        return
    known = run.reactions
    if known is None and told == {True}:
        main = run.talk.main_reaction()
        run.watch.step()
        settle(run, main, on=True, changed=False)
    elif known is not None and known["on"] not in told:
        settle(run, known["main"], on=not known["on"], changed=True)
    elif known is not None and told == {True} and replaced(run, known["main"], posts):
        main = run.talk.main_reaction()
        run.watch.step()
        if main != known["main"]:
            settle(run, main, on=True, changed=True)


def replaced(run: Run, main: str, posts: Sequence[Post]) -> bool:
    """Whether one other reaction stands under each post that is liked as far as we know, and the main one nowhere."""
    told = {one.id: set(one.reactions or ()) for one in posts if one.deleted is None}
    if all(main in kinds for kinds in told.values() if kinds):
        return False
    table = schema.REACTIONS
    mine = (table.c.forum == run.forum, table.c.kind == "like", table.c.gone.is_(None))
    with run.store.read() as connection:
        query = select(table.c.post).where(*mine, table.c.post.in_(told)).distinct()
        liked = [told[post] for post in connection.execute(query).scalars()]
    return bool(liked) and bool(set.intersection(*liked)) and not any(main in kinds for kinds in liked)


def note_main_reaction(run: Run, main: str) -> None:
    """A topic's own page, which tells the main reaction; empty where there is no plugin."""
    known = run.reactions
    if main and known is not None and known["main"] != main:
        settle(run, main, on=True, changed=True)


def settle(run: Run, main: str, *, on: bool, changed: bool) -> None:
    """Remember how it is set."""
    settings = {"main": main, "on": on}
    with run.page() as writer:
        writer.cursor(STATE, settings)
        writer.tell("reaction settings", int(changed))
    run.reaction_settings = (settings,)
