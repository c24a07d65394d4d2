"""Personal messages of the key's user, for whoever asks for them: read from the newest downwards until what we have."""

from koweb_sync.archive.base import schema
from koweb_sync.archive.visit.run import Run
from koweb_sync.archive.visit.spared import skip
from koweb_sync.errors import AnswerMalformed, ForumNotFound


def messages(run: Run) -> None:
    """Read the posts of personal messages that are new: one request for fifty, with the key.

    Newer servers show an administrator everybody's messages: so what a page holds is kept only of those that we know
    to be ours; the others are looked at, and `repair` keeps those in which the key's user takes part.
    """
    place = run.state("messages") or {"top": 0}
    high, low = place.get("high"), place.get("next")
    while True:
        try:
            page = run.talk.messages(low)
        except ForumNotFound:
            return
        except AnswerMalformed as error:
            skip(run, "post", error)
            return
        run.watch.step()
        high = high or max((one.id for one in page), default=place["top"])
        below = min((one.id for one in page), default=0)
        if page.malformed and not page:
            return  # the next run goes on here
        ended = below <= place["top"] + 1 or (low is not None and below >= low)
        low = below
        with run.page() as keeper:
            ours = {row["id"] for row in keeper.known(schema.TOPICS, "id", {one.topic for one in page}) if row["shown"]}
            keeper.posts([one for one in run.wanted(page) if one.topic in ours], "posts")
            keeper.todo("topic", {one.topic for one in page if one.id > place["top"]}, '{"key": true, "read": true}')
            keeper.cursor("messages", {"top": high} if ended else {**place, "high": high, "next": low})
        if ended:
            return
