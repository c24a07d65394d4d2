"""A month of a living community, as the seed of a sandbox: the play of `script.py` with times, likes and counters.

Chance has a fixed seed: the same end and language give the same month, to the second.
"""

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koweb_sync.demo.cast import IN_ENGLISH, ON_STAGE, PEOPLE, CastMember, named
from koweb_sync.demo.script import LANGUAGES, Scene, ScriptLine, scenes
from koweb_sync.sandbox.model.seed import OWN
from koweb_sync.sandbox.model.texts import slug, stored_title
from koweb_sync.times import DAY_IN_SECONDS, HOUR_IN_SECONDS

DAYS = 30
IDS = {person.username: person.id for person in PEOPLE}
CHANCE = 20_261_001
SYSTEM = CastMember(-1, "system", "", -1100)
FIRST_POST, ANSWER = 2.3, 1.25  # likes, on average


@dataclass(frozen=True, slots=True)
class Month:
    """A community until `end` (Unix seconds), and what is true of its last thirty days.

    `left_aside`: the usernames of those whose every post got no reply, quote, mention or like by another human.
    `unanswered`: the numbers of the topics that no other human answered, and that are older than three days.
    `not_counted`: who asked not to be counted in reports, and whom nobody answered either. `readers` never wrote;
    `fell_silent` wrote in the thirty days before, and not since.
    """

    end: float
    seed: Mapping[str, Any]
    left_aside: tuple[str, ...]
    unanswered: tuple[int, ...]
    not_counted: tuple[str, ...]
    facilitators: tuple[str, ...]
    readers: tuple[str, ...]
    fell_silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScenePost:
    """A post with its time (Unix seconds), in the topic that stands at `scene` in the play."""

    scene: int
    number: int
    at: float
    person: CastMember
    line: ScriptLine


def living(language: str, end: float | None = None) -> Month:
    """The month before `end`, now if it is not given, in a language of the play."""
    end = float(int(time.time() if end is None else end))
    play = sorted(scenes(), key=lambda scene: begins(scene, end))
    posts = spoken(play, end)
    return Month(
        end,
        seed(play, posts, likes(play, posts, end), end, language),
        left_aside=named("aside"),
        unanswered=tuple(topic for topic, scene in enumerate(play, 1) if scene.waiting),
        not_counted=named("uncounted"),
        facilitators=named("facilitator"),
        readers=named("reader"),
        fell_silent=named("silent"),
    )


def drawn(*what: str | int) -> random.Random:
    """Chance for one thing: what befalls it hangs on no other thing, nor on the hour at which the month ends."""
    return random.Random(repr((CHANCE, *what)))  # noqa: S311 - the same month every time is the point


# ---- when


def spoken(play: Sequence[Scene], end: float) -> list[ScenePost]:
    """Every post with its time, in the order of time."""
    people = {person.username: person for person in (SYSTEM, *PEOPLE)}
    found = []
    for place, scene in enumerate(play):
        at = 0.0
        for number, line in enumerate(scene.lines, 1):
            if number == 1:
                at = begins(scene, end)
            else:
                left = len(scene.lines) - number + 2
                at = min(later(at, line, drawn("wait", scene.key, number)), at + (end - at) / left)
            found.append(ScenePost(place, number, float(int(at)), people[ON_STAGE.get(line.who, line.who)], line))
    return sorted(found, key=lambda said: (said.at, said.scene, said.number))


def begins(scene: Scene, end: float) -> float:
    """When a topic is opened."""
    return awake(end - (DAYS - scene.day) * DAY_IN_SECONDS)


def later(at: float, line: ScriptLine, chance: random.Random) -> float:
    """When the next post comes: some hours later, rarely at night."""
    wait = chance.expovariate(1 / (5 * HOUR_IN_SECONDS))
    if line.hours is not None:
        return awake(at + line.hours * HOUR_IN_SECONDS)
    return max(at + 240, awake(at + min(max(wait, 360), 20 * HOUR_IN_SECONDS)))


def awake(at: float) -> float:
    """The same time, or the morning after where it falls into the night."""
    hour = at % DAY_IN_SECONDS
    return at + (7 * HOUR_IN_SECONDS if hour < 5 * HOUR_IN_SECONDS else 0)


# ---- who likes what


def likes(play: Sequence[Scene], posts: Sequence[ScenePost], end: float) -> list[tuple[int, int, float]]:
    """Likes as post, person and time. Nobody likes what is said by those who are left aside, or what was deleted."""
    fans = [person for person in PEOPLE if person.part not in ("reader", "silent", "gone")]
    warmth = {person.id: drawn("warmth", person.username).uniform(0.3, 3) for person in fans}
    found = []
    for post, said in enumerate(posts, 1):
        if said.person.part in ("aside", "uncounted") or said.person is SYSTEM or said.line.gone:
            continue
        chance = drawn("likes", play[said.scene].key, said.number)
        there = [fan for fan in fans if fan is not said.person and end - (DAYS - fan.joined) * DAY_IN_SECONDS < said.at]
        many = poisson(FIRST_POST if said.number == 1 else ANSWER, chance)
        liking = sorted(there, key=lambda fan: chance.random() ** (1 / warmth[fan.id]), reverse=True)[:many]
        for fan in liking:
            at = min(said.at + 60 + chance.expovariate(1 / (14 * HOUR_IN_SECONDS)), (said.at + end) / 2)
            found.append((post, fan.id, at))
    return sorted(found, key=lambda like: (like[2], like[0], like[1]))


def poisson(mean: float, chance: random.Random) -> int:
    """How many of things that come by chance, `mean` of them on average."""
    n, waited = 0, chance.expovariate(mean)
    while waited < 1:
        n, waited = n + 1, waited + chance.expovariate(mean)
    return n


# ---- the seed


def seed(
    play: Sequence[Scene],
    posts: Sequence[ScenePost],
    liked: Sequence[tuple[int, int, float]],
    end: float,
    language: str,
) -> dict[str, Any]:
    """What a sandbox starts with: the forum that we always start, with these people and what they say."""
    own = json.loads(OWN.read_text(encoding="utf-8"))
    spoken = LANGUAGES.index(language)
    tags = sorted({tag for scene in play for tag in scene.tags} | {tag["name"] for tag in own["tags"]})
    last = {said.scene: said.at for said in posts if not said.line.gone}
    first = {said.scene: said for said in posts if said.number == 1}
    categories = [place(one, language) for one in own["categories"]]
    ids = {one["slug"]: one["id"] for one in categories}
    return {
        **own,
        "site_settings": {**own["site_settings"], "default_locale": language, "directory_ready": True},
        "users": [*(one for one in own["users"] if one["id"] < 2), *(user(one, posts, end) for one in PEOPLE)],
        "categories": categories,
        "tags": [{"id": n, "name": name} for n, name in enumerate(tags, 1)],
        "topics": [
            {
                "id": n + 1,
                "title": (title := stored_title(scene.titles[spoken], prettify=True)),
                "slug": slug(title),
                "user_id": first[n].person.id,
                "category_id": ids[scene.category],
                "tags": list(scene.tags),
                "created_at": stamp(first[n].at),
                "bumped_at": stamp(last[n]),
                "closed": scene.closed,
                "views": 9 + 7 * len(scene.lines) + drawn("views", scene.key).randrange(40),
            }
            for n, scene in enumerate(play)
        ],
        "posts": [post(n, said, play, posts, spoken) for n, said in enumerate(posts, 1)],
        "likes": [{"post_id": n, "user_id": who, "created_at": stamp(at)} for n, who, at in liked],
        "votes": [
            {"post_id": n, "user_id": IDS[who], "option": option}
            for n, said in enumerate(posts, 1)
            for option, who in said.line.votes
        ],
        "next_ids": {
            **own["next_ids"],
            "topics": len(play) + 1,
            "posts": len(posts) + 1,
            "users": max(one.id for one in PEOPLE) + 1,
            "tags": len(tags) + 1,
        },
    }


def place(category: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A category in a language; its slug stays."""
    name, description = (category["name"], category["description"])
    if language == "en":
        name, description = IN_ENGLISH[category["slug"]]
    return {**category, "name": name, "description": description}


def user(person: CastMember, posts: Sequence[ScenePost], end: float) -> dict[str, Any]:
    """Somebody's account, with what the forum counted of their reading until now."""
    days = max(1, int(DAYS - max(person.joined, 0)))
    wrote = sum(said.person is person for said in posts)
    visited = min(days, 3 + 2 * wrote + drawn("visits", person.username).randrange(6)) if person.part != "silent" else 0
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "admin": False,
        "moderator": person.part == "facilitator",
        "trust_level": person.trust,
        "created_at": stamp(end - (DAYS - person.joined) * DAY_IN_SECONDS),
        "days_visited": int(max(0, -person.joined) * 0.3) + visited,
        "topics_entered": 2 * visited + wrote,
        "posts_read": int(max(0, -person.joined)) + 11 * visited,
    }


def post(ident: int, said: ScenePost, play: Sequence[Scene], posts: Sequence[ScenePost], spoken: int) -> dict[str, Any]:
    """A post of the seed, with what it quotes in front of it."""
    line, text, answers = said.line, said.line.texts[spoken], said.line.to
    if line.quotes:
        key, number = line.quotes
        where = next(n for n, scene in enumerate(play) if scene.key == (key or play[said.scene].key))
        quoted = next(other for other in posts if (other.scene, other.number) == (where, number))
        words = quoted.line.texts[spoken].split("\n")[0]
        text = f'[quote="{quoted.person.username}, post:{number}, topic:{where + 1}"]\n{words}\n[/quote]\n\n{text}'
        answers = answers if key else number
    return {
        "id": ident,
        "topic_id": said.scene + 1,
        "post_number": said.number,
        "user_id": said.person.id,
        "raw": text,
        "reply_to_post_number": answers,
        "created_at": stamp(said.at),
        **({"deleted_at": stamp(said.at + HOUR_IN_SECONDS)} if line.gone else {}),
    }


def stamp(at: float) -> str:
    """A time as seeds write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
