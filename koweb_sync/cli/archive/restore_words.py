"""A restoration in words: what it takes, what does not come back or comes back otherwise, what it did."""

from typing import TYPE_CHECKING, Self

from koweb_sync.archive.crawl.costs import Cost
from koweb_sync.cli.archive.run_progress import MANY, span
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.restore.plan import RestorePlan


def words(plan: "RestorePlan", took: int) -> str:
    """What a restoration takes, in a sentence."""
    parts = [
        ngettext("{n} category", "{n} categories", plan.categories).format(n=number(plan.categories)),
        ngettext("{n} topic", "{n} topics", plan.topics).format(n=number(plan.topics)),
        ngettext("{n} reply", "{n} replies", plan.replies).format(n=number(plan.replies)),
        ngettext("{n} file", "{n} files", plan.files).format(n=number(plan.files)),
        ngettext("{n} like", "{n} likes", plan.likes).format(n=number(plan.likes)),
        *([ngettext("{n} vote", "{n} votes", plan.votes).format(n=number(plan.votes))] if plan.votes else []),
        *(
            [ngettext("{n} solution", "{n} solutions", plan.answers).format(n=number(plan.answers))]
            if plan.answers
            else []
        ),
        *([wikis(plan.marks)] if plan.marks else []),
        *([translations(plan.translations)] if plan.translations else []),
    ]
    time = (
        ngettext("about {n} minute", "about {n} minutes", took).format(n=number(took))
        if took
        else _("less than a minute")
    )
    text = _("{things}: {requests}, {time}; the forum's limits for each person may make it longer.")
    requests = span(Cost(plan.requests, plan.at_most))
    return text.format(things=", ".join(parts), requests=requests, time=time)


def wikis(n: int) -> str:
    """How many posts are made wikis, or moderators'."""
    return ngettext("{n} wiki or moderator’s post", "{n} wikis or moderators’ posts", n).format(n=number(n))


def translations(n: int) -> str:
    """How many texts and titles stand in another language."""
    return ngettext("{n} translation", "{n} translations", n).format(n=number(n))


def unheld() -> str:
    """What no archive holds, or no API takes, so that nothing brings it back."""
    return _(
        "These do not come back, and some are to be made again by hand: accounts and groups, who may read which "
        "category, when a pin ends, timers, slow mode, featured links, notices, locks, permalinks, views, what lifted "
        "a topic last, and when a solution was accepted."
    )


def left_out(why: dict[str, int]) -> list[str]:
    """What does not come back: a sentence with all that is left out, and one for each thing that becomes another."""
    texts = {
        "message": ngettext("{n} personal message", "{n} personal messages", why.get("message", 0)),
        "chat": ngettext("{n} channel of the chat", "{n} channels of the chat", why.get("chat", 0)),
        "topic-deleted": ngettext("{n} deleted topic", "{n} deleted topics", why.get("topic-deleted", 0)),
        "definition": ngettext(
            "{n} description of a category", "{n} descriptions of categories", why.get("definition", 0)
        ),
        "empty": ngettext("{n} topic without a post", "{n} topics without a post", why.get("empty", 0)),
        "restricted": ngettext(
            "{n} topic that was not public", "{n} topics that were not public", why.get("restricted", 0)
        ),
        "small-action": ngettext("{n} note of the forum", "{n} notes of the forum", why.get("small-action", 0)),
        "whisper": ngettext("{n} whisper", "{n} whispers", why.get("whisper", 0)),
        "deleted": ngettext("{n} deleted post", "{n} deleted posts", why.get("deleted", 0)),
        "taken-back": ngettext(
            "{n} post that its author deleted", "{n} posts that their authors deleted", why.get("taken-back", 0)
        ),
        "hidden": ngettext("{n} hidden post", "{n} hidden posts", why.get("hidden", 0)),
        "like": ngettext("{n} like by an unknown person", "{n} likes by unknown people", why.get("like", 0)),
        "vote": ngettext("{n} vote by an unknown person", "{n} votes by unknown people", why.get("vote", 0)),
        "version": ngettext("{n} earlier text", "{n} earlier texts", why.get("version", 0)),
        "reaction": ngettext("{n} reaction that is no like", "{n} reactions that are no likes", why.get("reaction", 0)),
    }
    things = ", ".join(texts[name].format(n=number(n)) for name, n in why.items() if name in texts)
    return [*([_("Left out: {things}.").format(things=things)] if things else []), *otherwise(why)]


def otherwise(why: dict[str, int]) -> list[str]:
    """What comes back otherwise than it was: a sentence for each kind."""
    texts = {
        "banner": ngettext(
            "{n} banner becomes an ordinary topic.", "{n} banners become ordinary topics.", why.get("banner", 0)
        ),
        "rights": ngettext(
            "Only staff may read {n} category until you say who may.",
            "Only staff may read {n} categories until you say who may.",
            why.get("rights", 0),
        ),
        "pin": ngettext(
            "{n} topic is pinned in its category: the archive does not know whether it was so on the whole forum.",
            "{n} topics are pinned in their categories: the archive does not know whether they were so on the whole "
            "forum.",
            why.get("pin", 0),
        ),
        "address": ngettext(
            "{n} topic gets another number, and so another address.",
            "{n} topics get other numbers, and so other addresses.",
            why.get("address", 0),
        ),
    }
    return [texts[name].format(n=number(n)) for name, n in why.items() if name in texts]


def in_another_name(why: dict[str, int], who: str) -> list[str]:
    """How many posts stand in the name of `who`, and why: a sentence for each reason."""
    texts = {
        "account": ngettext(
            "{n} post stands in the name of {who}, for its author has no account here that may write.",
            "{n} posts stand in the name of {who}, for their authors have no account here that may write.",
            why.get("account", 0),
        ),
        "rights": ngettext(
            "{n} post stands in the name of {who}, for its author may not write in its category.",
            "{n} posts stand in the name of {who}, for their authors may not write in their categories.",
            why.get("rights", 0),
        ),
        "refused": ngettext(
            "{n} post stands in the name of {who}, for the forum takes no such text, a poll for one, of its author.",
            "{n} posts stand in the name of {who}, for the forum takes no such texts, polls for one, of their authors.",
            why.get("refused", 0),
        ),
        "": ngettext(
            "{n} post stands in the name of {who}, and a run that was stopped did not write down why.",
            "{n} posts stand in the name of {who}, and a run that was stopped did not write down why.",
            why.get("", 0),
        ),
    }
    return [texts[name].format(n=n, who=who) for name, n in why.items()]


def report(skipped: dict[str, int], others: dict[str, int], who: str) -> str:
    """What a restoration did: `skipped` could not be, by reason; `others` stand in the name of `who`, by reason."""
    return "\n".join([done(skipped), *in_another_name(others, who)])


def done(skipped: dict[str, int]) -> str:
    """That it is done, and what could not be."""
    texts = {
        "files": ngettext("{n} file is missing", "{n} files are missing", skipped.get("files", 0)),
        "likes": ngettext("{n} like could not be given", "{n} likes could not be given", skipped.get("likes", 0)),
        "votes": ngettext("{n} vote could not be cast", "{n} votes could not be cast", skipped.get("votes", 0)),
        "polls": ngettext("{n} poll stays open", "{n} polls stay open", skipped.get("polls", 0)),
        "marks": ngettext(
            "{n} post could not be made a wiki or a moderator’s",
            "{n} posts could not be made wikis or moderators’",
            skipped.get("marks", 0),
        ),
        "translations": ngettext(
            "{n} translation could not be published",
            "{n} translations could not be published",
            skipped.get("translations", 0),
        ),
        "answers": ngettext(
            "{n} solution could not be marked", "{n} solutions could not be marked", skipped.get("answers", 0)
        ),
        "edited": ngettext(
            "{n} text was edited meanwhile and keeps an old link",
            "{n} texts were edited meanwhile and keep old links",
            skipped.get("edited", 0),
        ),
    }
    if not skipped:
        return _("Done.")
    things = ", ".join(texts[name].format(n=number(n)) for name, n in skipped.items())
    return _("Done, but {things}.").format(things=things)


# ---- on the way


def stages() -> dict[str, str]:
    """What is done in each stage of a restoration."""
    return {
        "places": _("creating categories"),
        "posts": _("publishing posts"),
        "links": _("correcting links"),
        "likes": _("giving likes"),
        "votes": _("casting votes"),
        "answers": _("marking solutions"),
        "marks": _("making wikis"),
        "translations": _("publishing translations"),
        "states": _("closing and pinning topics"),
    }


class PublishingBar(ProgressBar):
    """Watches a restoration. The bar appears only where there is much to send."""

    def __init__(self, requests: int) -> None:
        super().__init__()
        self.requests = requests

    def __enter__(self) -> Self:
        if self.requests > MANY:
            self.start(self.requests, _("publishing"), guessed=True)
        return self

    def stage(self, name: str) -> None:
        """Say what is done now."""
        self.tell(stages()[name])

    def step(self, requests: int = 1) -> None:
        """Some more requests were sent."""
        self.advance(steps=requests)
