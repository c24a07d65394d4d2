"""How a forum's plugin of reactions is set: which reaction is a like, and whether there are others at all.

Asked once: one request where posts tell of reactions for the first time. Later a topic's own page tells it, too. A
change is told as that; nothing that people did is concluded from it.
"""

from collections.abc import Iterable

from koweb_sync.archive.visit.run import Run
from koweb_sync.forum.observed import Post

STATE = "reactions"


def met(run: Run, posts: Iterable[Post]) -> None:
    """Posts of a forum, read just now: they tell reactions, or they do not."""
    told = {one.reactions is not None for one in posts if one.deleted is None}
    if len(told) != 1:
        return
    known = run.state(STATE)
    if known is None and told == {True}:
        main = run.talk.main_reaction()
        run.watch.step()
        settle(run, main, on=True, changed=False)
    elif known is not None and known["on"] not in told:
        settle(run, known["main"], on=not known["on"], changed=True)


def heard(run: Run, main: str) -> None:
    """A topic's own page, which tells the main reaction; empty where there is no plugin."""
    known = run.state(STATE)
    if main and known is not None and known["main"] != main:
        settle(run, main, on=True, changed=True)


def settle(run: Run, main: str, *, on: bool, changed: bool) -> None:
    """Remember how it is set."""
    with run.page() as keeper:
        keeper.cursor(STATE, {"main": main, "on": on})
        keeper.tell("reaction settings", int(changed))
    run.main_reaction = main
