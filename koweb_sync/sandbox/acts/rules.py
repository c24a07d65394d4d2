"""Discourse's validations, and what it makes of tags."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.core.people import permission
from koweb_sync.sandbox.core.refused import forbidden, invalid, unprocessable, words
from koweb_sync.sandbox.core.state import Category, State, Topic, User
from koweb_sync.sandbox.core.texts import counted, entropy, stored_tag


class Rules:
    """What one forum takes. Sentences are in the forum's language."""

    def __init__(self, state: State) -> None:
        self.state = state

    def say(self, english: str) -> str:
        """A sentence in the forum's language."""
        return words(self.state, english)

    def title_errors(self, title: str, user: User, topic: Topic | None = None) -> list[str]:
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
        if entropy(title) < min(int(settings["title_min_entropy"]), least):
            errors.append(self.say("Title seems unclear, most of the words contain the same letters over and over?"))
        others = self.state.titles.get(title.casefold(), set()) - ({topic.id} if topic else set())
        if others and not settings["allow_duplicate_topic_titles"]:
            errors.append(self.say("Title has already been used"))
        return errors

    def external_errors(self, external_id: str | None) -> list[str]:
        """Why an external_id is refused: taken by any topic, deleted ones included, ignoring case."""
        if external_id is None:
            return []
        if not re.fullmatch(r"[A-Za-z0-9_-]+", external_id):
            return [self.say("External is invalid")]
        if len(external_id) > 50:
            return [self.say("External is too long (maximum is 50 characters)")]
        taken = external_id.lower() in self.state.external
        return [self.say("External has already been taken")] if taken else []

    def category_errors(self, category: Category | None) -> list[str]:
        """A topic without a category, where that is not allowed."""
        plain = category is None or category.id == self.state.settings["uncategorized_category_id"]
        if plain and not self.state.settings["allow_uncategorized_topics"]:
            return [self.say("Category can't be blank")]
        return []

    def body_errors(self, raw: str, user: User, *, first: bool) -> list[str]:
        """Why a body is refused."""
        settings, text, errors = self.state.settings, counted(raw), []
        least = int(settings["min_first_post_length" if first else "min_post_length"])
        if len(text) < least:
            errors.append(self.say("Body is too short (minimum is {n} characters)").format(n=least))
        if len(raw) > int(settings["max_post_length"]):
            text = self.say("Body is limited to {n} characters; you entered {m}.")
            errors.append(text.format(n=settings["max_post_length"], m=len(raw)))
        elif entropy(counted(raw)) < int(settings["body_min_entropy"]):
            errors.append(self.say("Body seems unclear, is it a complete sentence?"))
        now, window = self.state.clock(), 60 * int(settings["unique_posts_mins"])
        if not user.staff and any(now - at < window and raw == old for at, old in self.state.recent[user.id]):
            errors.append(self.say("Body is too similar to what you recently posted"))
        return errors

    def refuse_body(self, raw: str, user: User, *, first: bool) -> None:
        """Raise what body_errors finds."""
        errors = self.body_errors(raw, user, first=first)
        if errors:
            raise unprocessable(errors, "create_post")

    def category(self, user: User, given: Any) -> Category | None:
        """The category that a create names. Raises Refused for one that is unknown or closed to the user."""
        if given in (None, ""):
            return None
        if not re.fullmatch(r"\d+", str(given)) or int(given) not in self.state.categories:
            raise invalid(self.state, "category")
        category = self.state.categories[int(given)]
        if permission(user, category) != 1:
            raise forbidden(self.state)
        return category

    def allowed_tags(self, user: User, given: Sequence[str]) -> list[str]:
        """Tags as they are stored: cleaned, unknown ones dropped if the user may not make any, surplus ones cut."""
        settings = self.state.settings
        tags = [stored_tag(tag, int(settings["max_tag_length"])) for tag in given]
        may_make = user.staff or user.trust_level >= int(settings["min_trust_to_create_tag"])
        kept = [tag for tag in dict.fromkeys(tags) if tag and (may_make or tag in self.state.tags)]
        return kept[: int(settings["max_tags_per_topic"])]


def listed(value: Any) -> list[str]:
    """A list of tags, however it was sent: strings, objects, or one empty string for none."""
    items = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
    return [str(item["name"] if isinstance(item, Mapping) else item) for item in items if item not in ("", None)]


def truthy(value: Any) -> bool:
    """A boolean, however it was sent."""
    return value is True or str(value).lower() in ("true", "1")
