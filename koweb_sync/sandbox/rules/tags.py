"""What the forum makes of tags: cleaned, replaced by what they are synonyms of, taken or not in a category."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.model.records import CategoryRecord, UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, unprocessable, words
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.model.tags_and_words import TagGroup
from koweb_sync.sandbox.model.texts import stored_tag


class Tagger:
    """The tags of one forum. Its caller holds the state's lock."""

    def __init__(self, state: ForumState) -> None:
        self.state = state

    def say(self, english: str) -> str:
        return words(self.state, english)

    # ---- what is stored

    def clean(self, given: Iterable[str]) -> list[str]:
        """Tags as they would be stored, each once; nothing for those of which nothing is left."""
        longest = int(self.state.settings["max_tag_length"])
        return [tag for tag in dict.fromkeys(stored_tag(tag, longest) for tag in given) if tag]

    def may_make(self, user: UserRecord) -> bool:
        """Whether somebody may use tags that nobody used before."""
        return user.staff or user.trust_level >= int(self.state.settings["min_trust_to_create_tag"])

    def cut(self, user: UserRecord, given: Sequence[str], action: str = "") -> list[str]:
        """Cleaned tags, unknown ones dropped if the user may not make any. Surplus ones are cut on older servers;
        raises Refused for them on newer ones. What is a synonym is replaced.
        """
        may = self.may_make(user)
        kept = [tag for tag in self.clean(given) if may or tag in self.state.tags]
        most = int(self.state.settings["max_tags_per_topic"])
        if len(kept) > most and not self.state.flavour.cuts_tags:
            raise unprocessable([self.say("You can only use {n} tags on a topic.").format(n=most)], action)
        synonyms = self.state.labels.synonyms
        return list(dict.fromkeys(synonyms.get(tag, tag) for tag in kept[:most]))

    def stored(
        self,
        user: UserRecord,
        given: Sequence[str],
        category: CategoryRecord | None,
        old: Sequence[str] = (),
        action: str = "",
    ) -> list[str]:
        """The tags that a topic gets; `old` are those that it has. Raises Refused.

        What the category does not take is dropped without a word, unless nothing is left of it.
        """
        wanted = self.cut(user, given, action)
        makes = category is None or category.tag_rules.open_to_all or not category.tag_rules.closed
        kept = [tag for tag in wanted if self.taken(tag, category, makes=makes) or tag in old]
        groups = self.state.labels.groups.values()
        parents = [one.parent for tag in kept for one in groups if one.parent and tag in one.tags]
        kept += [parent for parent in parents if parent not in kept]
        errors = self.too_few(user, kept, category) + self.one_of_each(kept)
        if errors or (wanted and not kept):
            raise unprocessable(errors or [self.say("The tags cannot be used here.")], action)
        for tag in kept:
            self.state.tags.setdefault(tag, len(self.state.tags) + 1)
        return kept

    def taken(self, tag: str, category: CategoryRecord | None, *, makes: bool) -> bool:
        """Whether a category takes a tag; one that nobody used before, where new ones may be made."""
        if tag not in self.state.tags:
            return makes
        return not self.barred([tag], category)

    # ---- what a category takes

    def errors(self, user: UserRecord, tags: Sequence[str], category: CategoryRecord | None) -> list[str]:
        """Why a topic with these tags cannot be in a category. Too few is no reason for staff."""
        few = self.too_few(user, tags, category)
        if few:
            return few
        if category is not None and (barred := self.barred(tags, category)):
            text = self.say("The tags cannot be used in the category “{category}”: {tags}")
            return [text.format(category=category.name, tags=", ".join(sorted(barred)))]
        return self.one_of_each(tags)

    def too_few(self, user: UserRecord, tags: Sequence[str], category: CategoryRecord | None) -> list[str]:
        """Which tags are missing in a category."""
        if category is None or user.staff:
            return []
        rules, errors = category.tag_rules, []
        if len(tags) < rules.least:
            errors.append(self.say("You must select at least {n} tags.").format(n=rules.least))
        for number, least in rules.required:
            group = self.state.labels.groups.get(number)
            if group is not None and sum(tag in group.tags for tag in tags) < least:
                text = self.say("You must include at least {n} {group} tag. The tags in this group are: {tags}.")
                errors.append(text.format(n=least, group=group.name, tags=", ".join(group.tags)))
        return errors

    def barred(self, tags: Iterable[str], category: CategoryRecord | None) -> list[str]:
        """The tags that belong to other categories, or that a category with tags of its own does not name."""
        if category is None:
            return []
        owners = {tag: self.owners(tag) for tag in tags}
        elsewhere = [tag for tag, places in owners.items() if places and category.id not in places]
        rules = category.tag_rules
        if elsewhere or rules.open_to_all or not rules.closed:
            return elsewhere
        return [tag for tag, places in owners.items() if not places]

    def owners(self, tag: str) -> set[int]:
        """The categories that name a tag, or a group that it is in."""
        groups = {number for number, one in self.state.labels.groups.items() if tag in one.tags}
        return {
            one.id
            for one in self.state.categories.values()
            if tag in one.tag_rules.allowed or groups & one.tag_rules.groups
        }

    def one_of_each(self, tags: Sequence[str]) -> list[str]:
        """Tags of which a topic may have only one."""
        found = []
        for group in self.state.labels.groups.values():
            mine = [tag for tag in tags if tag in group.tags]
            if group.one and len(mine) > 1:
                text = self.say("The tags {tags} cannot be used simultaneously.")
                found.append(text.format(tags=", ".join(sorted(mine))))
        return found

    # ---- what staff do with tags: topics change without a revision, and nobody is told

    def add_synonyms(self, target: str, given: Sequence[str]) -> None:
        """Other names of a tag; the topics that had one get the tag."""
        for tag in self.clean(given):
            if tag != target:
                self.state.tags.setdefault(tag, len(self.state.tags) + 1)
                self.state.labels.synonyms[tag] = target
                self.swap(tag, target)

    def rename(self, tag: str, name: str) -> str:
        """Another name for a tag, on all topics. Raises Refused for one that is taken."""
        new = next(iter(self.clean([name])), "")
        if not new or (new != tag and new in self.state.tags):
            raise unprocessable([self.say("Name has already been taken")])
        if new != tag:
            labels = self.state.labels
            self.state.tags = {new if one == tag else one: number for one, number in self.state.tags.items()}
            renamed = {tag: new}
            labels.synonyms = {renamed.get(a, a): renamed.get(b, b) for a, b in labels.synonyms.items()}
            labels.about = {renamed.get(a, a): text for a, text in labels.about.items()}
            for group in labels.groups.values():
                group.tags = [renamed.get(one, one) for one in group.tags]
            for category in self.state.categories.values():
                category.tag_rules.allowed = {renamed.get(one, one) for one in category.tag_rules.allowed}
            self.swap(tag, new)
        return new

    def swap(self, tag: str, target: str | None) -> None:
        """Put a tag in the place of another on every topic."""
        for topic in self.state.topics.values():
            if tag in topic.tags:
                topic.tags = list(dict.fromkeys(one for old in topic.tags if (one := target if old == tag else old)))
        self.state.counted.clear()
        self.state.changes += 1

    def regroup(self, group: TagGroup, given: Mapping[str, Any]) -> None:
        """A group of tags as it is given; tags that nobody used before are made."""
        group.name = str(given.get("name") or group.name)
        if "tag_names" in given:
            names = given["tag_names"]
            group.tags = self.clean(map(str, names)) if isinstance(names, list | tuple) else []
        for tag in group.tags:
            self.state.tags.setdefault(tag, len(self.state.tags) + 1)
        group.one = str(given.get("one_per_topic", group.one)).lower() == "true"
        parent = given.get("parent_tag_name", group.parent)
        parent = parent[0] if isinstance(parent, list) and parent else parent
        group.parent = next(iter(self.clean([parent])), None) if isinstance(parent, str) else None
        self.state.changes += 1


def no_strings(given: Any) -> bool:
    items = given if isinstance(given, list | tuple) else [given]
    return any(isinstance(item, Mapping) for item in items)


def broken() -> RefusedRequest:
    """500: the server falls over tags that are objects, where it knows strings alone."""
    return RefusedRequest(500, "", {"Content-Type": "text/html; charset=utf-8"})
