"""Archives of random forums, in which everything may happen that a report asks about; each with a koweb.toml beside it.

Run by the build that is to write them: python random_forums.py FOLDER FIRST LAST [--no-banners]
"""

import random
import sys
from pathlib import Path
from typing import Any

from tests.report import forums
from tests.report.forums import DAY, URL, Forum

Store: Any = vars(forums)["Store"]  # where it is defined differs between builds
SPAN = 120 * DAY  # hours, the last 40 days of which lie in October 2026


def grown(seed: int, banner: str = "banner") -> Forum:
    """The forum of a seed; `banner`: what its banners are instead."""
    chance, forum = random.Random(seed), Forum()
    forum.category(2, "general/inner")
    forum.category(3, "team", restricted=1)
    forum.category(4, "staff", staff=1)
    people = [f"p{n}" for n in range(chance.randint(2, 14))]
    for n, name in enumerate(people):
        facts = {fact: int(chance.random() < 0.08) for fact in ("staged", "suspended", "anonymised")}
        forum.person(name, -chance.random() * 400 * DAY, admin=int(n == 0), moderator=int(n == 1), **facts)
    forum.person("robot", ident=-2, bot=1)
    forum.people["stranger"] = 900  # only posts tell of them
    everybody = [*people, "robot", "stranger"]
    forum.group(7, "crew", " ".join(chance.sample(people, min(3, len(people)))))
    forum.group(8, "others", " ".join(chance.sample(people, min(4, len(people)))))
    for name in people:
        if chance.random() < 0.1:
            forum.not_counted(name, until=None if chance.random() < 0.7 else 0)
    talk(chance, forum, everybody, banner)
    respond(chance, forum, everybody)
    for name in people:
        for day in range(0, 80, chance.choice((9, 20, 90))):
            visited, read = day // 3 + chance.randint(0, 1), day // 2
            moment = forums.at((day - 40) * DAY)
            forum.add("activity", person=forum.people[name], at=moment, days_visited=visited, posts_read=read)
    forum.run(chance.choice((39, 40)) * DAY)
    if chance.random() < 0.3:
        forum.run(41 * DAY, outcome=chance.choice(("", "failed")))
        forum.gap(next(iter(forum.openers)), short=chance.randint(0, 2), trouble=chance.choice(("", "gone")))
    return forum


def talk(chance: random.Random, forum: Forum, people: list[str], banner: str) -> None:
    """Topics and posts; some are hidden, deleted, gone, or no posts of people."""
    for _topic in range(chance.randint(0, 30)):
        begun = 40 * DAY - chance.random() * SPAN
        topic = forum.topic(
            chance.choice(people),
            begun,
            category=chance.choice((1, 1, 2, 3, 4, None)),
            tags=chance.sample(("a", "b", "l'été"), chance.randint(0, 2)),
            visible=int(chance.random() < 0.95),
            closed=int(chance.random() < 0.1),
            archetype=chance.choice(("regular",) * 9 + ("private_message", banner)),
        )
        for number in range(chance.randint(0, 9)):
            hours = begun + chance.choice((0.0, chance.random() * 5, chance.random() * 500))
            forum.post(
                topic,
                chance.choice(people) if chance.random() < 0.97 else None,
                hours,
                to=chance.choice((None, chance.randint(1, number + 3))),
                type=chance.choice((1,) * 12 + (2, 4)),
                deleted=hours + 1 if chance.random() < 0.05 else None,
                hidden=int(chance.random() < 0.04),
                likes=chance.choice((0, 0, 1, 2)),
            )


def respond(chance: random.Random, forum: Forum, people: list[str]) -> None:
    """Quotes, mentions, likes and tombstones."""
    posts = list(forum.places)
    for post in posts:
        if chance.random() < 0.3:
            forum.quote(post, chance.choice(posts))
        if chance.random() < 0.2:
            forum.mention(post, chance.choice(people))
        liking = chance.sample(people, chance.choice((0, 0, 1, 2)))
        for name in liking:
            gone = 39 * DAY if chance.random() < 0.1 else None
            forum.like(post, name, 40 * DAY - chance.random() * 900, kind=chance.choice(("like", "heart")), gone=gone)
        if chance.random() < 0.03:
            reason = chance.choice(("moved", "deleted"))
            forum.add("tombstones", kind="post", id=post, n=1, reason=reason, observed=forums.at(0))


def main() -> None:
    """Write those of some seeds, each into a folder named for it."""
    folder, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    banner = "regular" if "--no-banners" in sys.argv else "banner"
    for seed in range(first, last):
        here = folder / str(seed)
        here.mkdir(parents=True)
        (here / "koweb.toml").write_text(f'[forum.random]\nurl = "{URL}"\n', encoding="utf-8")
        with Store.open(str(here / "koweb-archive.sqlite")) as store:
            grown(seed, banner).save(store, URL)


if __name__ == "__main__":
    main()
