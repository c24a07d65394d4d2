"""Personal messages of the key's user, for whoever asks for them: read from the newest downwards until what we have."""

import json

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import skip
from koweb_sync.archive.store import schema
from koweb_sync.errors import AnswerMalformed, ForumNotFound


def messages(run: Run) -> None:
    """Read the posts of personal messages that are new: one request for fifty, with the key.

    Newer servers show an administrator everybody's messages: so what a page holds is kept only of posts that we hold
    of messages that were ours; where anything is new, `repair` looks whether the key's user takes part, still.
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
        with run.page() as writer:
            ours = {row["id"] for row in writer.known(schema.TOPICS, "id", {one.topic for one in page}) if row["shown"]}
            held = {row["id"] for row in writer.known(schema.POSTS, "id", {one.id for one in page})}
            writer.posts([one for one in run.wanted(page) if one.topic in ours and one.id in held], "posts")
            new = {one.topic: one.number for one in page if one.id > place["top"]}  # by id: the last one stays
            for topic, number in new.items():
                writer.todo("topic", [topic], json.dumps({"key": True, "read": True, "near": number}))
            writer.cursor("messages", {"top": high} if ended else {**place, "high": high, "next": low})
        if ended:
            return
