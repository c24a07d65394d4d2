"""Discourse's validations, and parameters however they were sent."""

import re
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.cooking.emoji import in_title
from koweb_sync.sandbox.model import watched_words
from koweb_sync.sandbox.model.permissions import permission
from koweb_sync.sandbox.model.records import CategoryRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, invalid, unprocessable, words
from koweb_sync.sandbox.model.state import ForumState, unix
from koweb_sync.sandbox.model.texts import counted, entropy, mentioned
from koweb_sync.sandbox.rules.polls import poll_errors
from koweb_sync.sandbox.rules.tags import Tagger

EARLY, FAR = -6.2e10, 253_402_214_400.0  # the years 5 and 9999
LONGEST_WORD = 30  # in a title
LINKS = re.compile(r"https?://", re.IGNORECASE)


class PostingRules:
    """What one forum takes. Sentences are in the forum's language."""

    def __init__(self, state: ForumState) -> None:
        self.state = state
        self.tagger = Tagger(state)

    def say(self, english: str) -> str:
        return words(self.state, english)

    def title_errors(self, title: str, user: UserRecord, topic: TopicRecord | None = None) -> list[str]:
        """Why a title is refused. An administrator's own topics may have short ones."""
        settings, errors = self.state.settings, []
        owner = self.state.users[topic.user_id] if topic else user
        least = 1 if owner.admin else int(settings["min_topic_title_length"])
        if not title:
            errors.append(self.say("Title can't be blank"))
        if len(title) < least:
            errors.append(self.say("Title is too short (minimum is {n} characters)").format(n=least))
        if len(title) > int(settings["max_topic_title_length"]):
            text = self.say("Title is too long (maximum is {n} characters)")
            errors.append(text.format(n=settings["max_topic_title_length"]))
        long = any(len(word) > LONGEST_WORD for word in title.split())
        if long or entropy(title) < min(int(settings["title_min_entropy"]), least):
            errors.append(self.say("Title seems unclear, most of the words contain the same letters over and over?"))
        errors += self.emoji_errors(title)
        others = self.state.titles.get(title.casefold(), set()) - ({topic.id} if topic else set())
        if others and not settings["allow_duplicate_topic_titles"]:
            errors.append(self.say("Title has already been used"))
        return errors

    def emoji_errors(self, title: str) -> list[str]:
        """A title with too many emoji. Read in the sources of 2022 and 2025 (MaxEmojisValidator), not measured."""
        most = int(self.state.settings["max_emojis_in_title"])
        if in_title(title, self.state.flavour) <= most:
            return []
        text = self.say("Title cannot hold more than {n} emoji") if most else self.say("Title cannot hold any emoji")
        return [text.format(n=most)]

    def external_errors(self, external_id: Any) -> list[str]:
        """Why an external_id is refused: taken by any topic, deleted ones included, ignoring case."""
        if external_id is None:
            return []
        if not isinstance(external_id, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", external_id):
            return [self.say("External is invalid")]
        if len(external_id) > 50:
            return [self.say("External is too long (maximum is 50 characters)")]
        taken = external_id.lower() in self.state.external
        return [self.say("External has already been taken")] if taken else []

    def category_errors(self, category: int | None) -> list[str]:
        """A topic without a category, where that is not allowed."""
        plain = category in (None, self.state.settings["uncategorized_category_id"])
        if plain and not self.state.settings["allow_uncategorized_topics"]:
            return [self.say("Category can't be blank")]
        return []

    def body_errors(self, raw: str, user: UserRecord, least_by: str) -> list[str]:
        """Why a body is refused. `least_by`: the setting with the fewest characters."""
        settings, errors = self.state.settings, []
        errors += self.length_errors(raw, least_by)
        if len(raw) > int(settings["max_post_length"]):
            return errors
        now, window = self.state.clock(), 60 * int(settings["unique_posts_mins"])
        if not user.staff and any(now - at < window and raw == old for at, old in self.state.recent[user.id]):
            errors.append(self.say("Body is too similar to what you recently posted"))
        most = int(settings["max_mentions_per_post"])
        if not user.staff and len(mentioned(raw)) > most:
            errors.append(self.say("Sorry, you can only mention {n} users in a post.").format(n=most))
        return errors + self.newcomer_errors(raw, user) + poll_errors(self.state, user, raw)

    def newcomer_errors(self, raw: str, user: UserRecord) -> list[str]:
        """What people at trust level 0 may not do yet: many links, images, mentions."""
        if user.trust_level > 0 or user.staff:
            return []
        found = {"links": len(LINKS.findall(raw)), "images": raw.count("!["), "mentions": len(mentioned(raw))}
        over = [name for name, most in (("links", 2), ("images", 1), ("mentions", 2)) if found[name] > most]
        return [self.say("Sorry, new users can put fewer links, images and mentions into a post.")] if over else []

    def length_errors(self, raw: str, least_by: str) -> list[str]:
        """A body that is too short or too long."""
        settings = self.state.settings
        least, most = int(settings[least_by]), int(settings["max_post_length"])
        if len(raw) > most:
            return [self.say("Body is limited to {n} characters; you entered {m}.").format(n=most, m=len(raw))]
        errors = []
        if len(counted(raw)) < least:
            errors.append(self.say("Body is too short (minimum is {n} characters)").format(n=least))
        if entropy(counted(raw)) < int(settings["body_min_entropy"]):
            errors.append(self.say("Body seems unclear, is it a complete sentence?"))
        return errors

    def refuse_crowd(self, user: UserRecord, topic: TopicRecord) -> None:
        """Raise for one more reply of somebody who wrote all the last ones."""
        most = int(self.state.settings["max_consecutive_replies"])
        last = [self.state.posts[one] for one in topic.post_ids[-most:]]
        mine = len(last) == most and all(one.user_id == user.id and one.number > 1 for one in last)
        if most and mine and not user.staff and topic.archetype == "regular":
            text = self.say("No more than {n} consecutive replies are allowed. Please edit your previous reply.")
            raise unprocessable([text.format(n=most)], "create_post")

    def category(self, user: UserRecord, given: Any) -> CategoryRecord | None:
        """The category that a create names. Raises Refused for one that is unknown or closed to the user."""
        if given in (None, ""):
            return None
        number = number_of(given)
        category = self.state.categories.get(number) if number is not None else None
        if category is None:
            raise invalid(self.state, "category")
        if permission(user, category) != 1:
            raise forbidden(self.state)
        return category

    def refuse_words(self, user: UserRecord, text: str) -> None:
        """Raise for words that are not to be written; staff are told by the validations, with another `action`."""
        found = watched_words.found(self.state.labels, "block", text)
        if found:
            said = self.say("Sorry, you cannot post the word “{word}”; it is not allowed.").format(word=found[0].word)
            raise unprocessable([said], "create_post" if user.staff else "created_post")


def listed(value: Any) -> list[str]:
    """A list of tags, however it was sent: strings, objects, or one empty string for none."""
    items = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
    return [
        str(item.get("name", "") if isinstance(item, Mapping) else item) for item in items if item not in ("", None)
    ]


def truthy(value: Any) -> bool:
    """A boolean, however it was sent."""
    return value is True or str(value).lower() in ("true", "1")


def number_of(value: Any) -> int | None:
    """A whole number, however it was sent; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if re.fullmatch(r"-?[0-9]{1,18}", str(value)) else None


def moment(value: Any) -> float | None:
    """A time as Unix seconds, however it was sent; None for anything else."""
    try:
        found = unix(str(value))
    except (ValueError, OverflowError):
        return None
    return found if found is not None and EARLY < found < FAR else None
