"""The rolling re-read: what no feed tells is found by reading every post again within some days.

An edit of an old post moves nothing that a list shows; nor does a like that replaces another. So once a day a part of
all posts is read anew, oldest reading first: P/(50 · days) requests for P posts.
"""

from koweb_sync.archive.run import DAY, Run
from koweb_sync.forum.talk import WINDOW


def quota(top: int, days: int, elapsed: int) -> int:
    """How many windows are due: all of them within `days` days, after `elapsed` microseconds since the last time."""
    windows = -(-top // WINDOW)
    share = min(days, max(1, round(elapsed / DAY)))
    return -(-windows * share // days)


def again(run: Run) -> None:
    """Read the next part of all posts again, and note the topics whose counts do not agree afterwards."""
    days = run.wishes.rolling
    top = int((run.state("posts") or {}).get("top", 0))
    if not days or not top:
        return
    at = run.at("again")
    if "left" not in at:
        last = run.state("daily") or run.started
        at = {"left": quota(top, days, run.started - last)}
    place = run.state("again") or {"before": top + 1}
    while at["left"] > 0:
        page = run.talk.posts(place["before"])
        run.watch.step()
        lowest = min((one.id for one in page), default=place["before"] - WINDOW)
        lower = min(lowest, place["before"] - WINDOW)
        place = {"before": lower if lower > 0 else top + 1}
        at = {"left": at["left"] - 1}
        with run.page() as keeper:
            wanted = [one for one in page if one.category not in run.left_out]
            keeper.posts(wanted, "posts")
            keeper.strangers(wanted)
            keeper.cursor("again", place)
            keeper.cursor("at:again", at)
        if place["before"] > lowest:
            break
