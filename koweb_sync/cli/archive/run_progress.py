"""A run of the archive in words: what it will take, how far it is, what it found."""

from collections.abc import Mapping
from typing import Any, Self

from koweb_sync.archive.crawl.costs import Cost, CrawlPlan, lasts, minutes
from koweb_sync.cli.archive.run_stages import stages
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.config import Rates
from koweb_sync.i18n import _, ngettext, number

MANY = 8  # requests; fewer are sent before anybody has read an estimate


# ---- the plan


def planned(plan: CrawlPlan, rates: Rates) -> str:
    """What a run takes, in a few sentences."""
    told = _("Expected: {requests}, {time}.").format(requests=span(plan.requests), time=time(plan, rates))
    return " ".join([told, *shares(plan)])


def requests(plan: CrawlPlan) -> str:
    """The same without its time, where that is said already."""
    return " ".join([_("Expected: {requests}.").format(requests=span(plan.requests)), *shares(plan)])


def shares(plan: CrawlPlan) -> list[str]:
    """What some of the requests are for, and which go with the key."""
    lines, likely, most = [], plan.keyed.likely, plan.keyed.most
    if likely:
        text = ngettext("About {n} of them is sent with the key.", "About {n} of them are sent with the key.", likely)
        lines.append(text.format(n=number(likely)))
    elif most:
        text = ngettext("At most {n} of them is sent with the key.", "At most {n} of them are sent with the key.", most)
        lines.append(text.format(n=number(most)))
    if plan.rolling:
        text = ngettext(
            "{n} of them reads old posts again, once a day, to find edits that nothing else tells of.",
            "{n} of them read old posts again, once a day, to find edits that nothing else tells of.",
            plan.rolling,
        )
        lines.append(text.format(n=plan.rolling))
    if plan.snapshot:
        text = ngettext(
            "{n} of them looks at people and views, once a day.",
            "{n} of them look at people and views, once a day.",
            plan.snapshot,
        )
        lines.append(text.format(n=plan.snapshot))
    if not plan.files and plan.requests.likely > MANY:
        lines.append(_("New images and attachments, edits, and posts with reactions, take one request each on top."))
    return lines


def lasting(plan: CrawlPlan, rates: Rates) -> str:
    """How long a run takes, in a sentence."""
    return _("This takes {time}.").format(time=time(plan, rates))


def span(cost: Cost) -> str:
    """How many requests, in words."""
    if cost.likely == cost.most:
        return ngettext("{n} request", "{n} requests", cost.most).format(n=number(cost.most))
    if not cost.likely:
        return ngettext("at most {n} request", "at most {n} requests", cost.most).format(n=number(cost.most))
    text = ngettext("about {likely}, at most {n} request", "about {likely}, at most {n} requests", cost.most)
    return text.format(likely=number(cost.likely), n=number(cost.most))


def time(plan: CrawlPlan, rates: Rates) -> str:
    """How long that takes, in words."""
    lanes = {"key_per_minute": rates.key_per_minute, "anonymous_per_minute": rates.anonymous_per_minute}
    found = lasts(plan.anonymous.likely, plan.keyed.likely, plan.pace, **lanes)
    if not found:
        return _("less than a minute")
    return ngettext("about {n} minute", "about {n} minutes", found).format(n=number(found))


def as_data(plan: CrawlPlan, rates: Rates) -> dict[str, Any]:
    """A plan for a program."""
    lanes = {"anonymous": (plan.anonymous, rates.anonymous_per_minute), "keyed": (plan.keyed, rates.key_per_minute)}
    return {
        "version": 1,
        "via": plan.via,
        "lanes": {
            name: {"requests": cost.likely, "at_most": cost.most, "minutes": minutes(cost.likely, rate)}
            for name, (cost, rate) in lanes.items()
        },
        "rolling": plan.rolling,
        "snapshot": plan.snapshot,
        "files": plan.files,
    }


# ---- what was found


def found(counts: Mapping[str, int]) -> str:
    """What a run found, in a sentence."""
    parts = [text.format(n=number(n)) for name, n in counts.items() if (text := finding_words(name, n))]
    if not parts:
        return _("Nothing is new.")
    return _("New: {things}.").format(things=", ".join(parts))


def finding_words(what: str, n: int) -> str:
    """One kind of finding, with a place for its number; empty for what only programs want to know."""
    texts = {
        "topics": ngettext("{n} topic", "{n} topics", n),
        "topics changed": ngettext("{n} changed topic", "{n} changed topics", n),
        "posts": ngettext("{n} post", "{n} posts", n),
        "versions": ngettext("{n} edited post", "{n} edited posts", n),
        "earlier texts": ngettext("{n} earlier version of a post", "{n} earlier versions of posts", n),
        "earlier titles": ngettext("{n} earlier state of a topic", "{n} earlier states of topics", n),
        "chat channels": ngettext("{n} channel of the chat", "{n} channels of the chat", n),
        "chat messages": ngettext("{n} message of the chat", "{n} messages of the chat", n),
        "chat edits": ngettext("{n} earlier version of a message", "{n} earlier versions of messages", n),
        "likes": ngettext("{n} like", "{n} likes", n),
        "unlikes": ngettext("{n} like taken back", "{n} likes taken back", n),
        "reactions": ngettext("{n} reaction", "{n} reactions", n),
        "reactions gone": ngettext("{n} reaction taken back", "{n} reactions taken back", n),
        "reaction likes": ngettext(
            "{n} like that is a reaction of another kind", "{n} likes that are reactions of another kind", n
        ),
        "recounted": ngettext(
            "{n} post whose likes the forum counts otherwise since its settings of reactions changed",
            "{n} posts whose likes the forum counts otherwise since its settings of reactions changed",
            n,
        ),
        "unread tables": ngettext(
            "{n} table of a plugin that our queries do not read yet (“koweb doctor --save-query”)",
            "{n} tables of plugins that our queries do not read yet (“koweb doctor --save-query”)",
            n,
        ),
        "reaction settings": _("the forum's settings of reactions changed"),
        "people": ngettext("{n} person", "{n} people", n),
        "renamed": ngettext("{n} person with a new name", "{n} people with new names", n),
        "files": ngettext("{n} file", "{n} files", n),
        "deleted": ngettext("{n} deletion", "{n} deletions", n),
        "gone": ngettext("{n} thing that is gone", "{n} things that are gone", n),
        "recovered": ngettext("{n} recovery", "{n} recoveries", n),
        "moved": ngettext("{n} moved post", "{n} moved posts", n),
        "private": ngettext("{n} thing that is private now", "{n} things that are private now", n),
        "unseen": ngettext("{n} thing that is not shown any more", "{n} things that are not shown any more", n),
        "user-deleted": ngettext("{n} text taken back by its author", "{n} texts taken back by their authors", n),
        "anonymised": ngettext(
            "{n} person whom the forum made anonymous", "{n} people whom the forum made anonymous", n
        ),
        "files gone": ngettext("{n} file that is gone", "{n} files that are gone", n),
        "files refused": ngettext("{n} file that may not be read", "{n} files that may not be read", n),
        "files large": ngettext("{n} file that is too large", "{n} files that are too large", n),
        "files wanted": ngettext("{n} file to be fetched later", "{n} files to be fetched later", n),
    }
    return texts.get(what, "")


# ---- on the way


class Watching(ProgressBar):
    """Watches a run. The bar appears only where there is much to read."""

    def __init__(self, plan: CrawlPlan) -> None:
        super().__init__()
        self.plan = plan

    def __enter__(self) -> Self:
        total = self.plan.requests.likely
        if total > MANY:
            self.start(total, _("reading"), guessed=True)
        return self

    def stage(self, name: str) -> None:
        """Say what is read now."""
        self.tell(stages().get(name, _("reading")))

    def step(self, requests: int = 1) -> None:
        """Some more requests are done."""
        self.advance(steps=requests)
