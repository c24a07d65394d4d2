"""What each figure means, in the reader's language: title, definition, population, unit, source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from koweb_sync.i18n import _


@dataclass(frozen=True)
class Definition:
    """What a figure means. `source`: where the measure comes from; empty for a plain count.

    `may_link`: whether a report for everybody may link the posts behind it. False where such a list points at single
    people: who waits, who is new, who writes much or little, who helps. Each figure says it: there is no default.
    """

    title: str
    definition: str
    population: str
    unit: str
    source: str = ""
    may_link: bool = field(kw_only=True)


def definitions() -> Mapping[str, Definition]:
    """The definition of each figure, by its key."""
    return {**answers(), **newcomers(), **voices(), **ties(), **bridges(), **staying(), **activity()}


def topics_there() -> str:
    """The population of figures about topics."""
    return _(
        "Topics that people opened in the window; no bots, no descriptions of categories, nothing deleted or hidden."
    )


def people_there() -> str:
    """The population of figures about people."""
    return _("People who wrote in the window; no bots, and nobody who asked not to be counted.")


def answers() -> dict[str, Definition]:
    """Answers, and who is left aside."""
    there, topic, waiting = topics_there(), _("topic"), "Kaplan & Meier 1958; CHAOSS, Time to First Response"
    return {
        "topics": Definition(_("Topics"), _("How many topics were opened."), there, topic, may_link=True),
        "answered": Definition(
            _("Answered topics"),
            _("Topics with a reply, quote or mention by another human; a like is no answer."),
            there,
            topic,
            may_link=True,
        ),
        "answered-within-24h": Definition(
            _("Answered within a day"),
            _("The share of topics with a first answer within 24 hours; those that still wait count."),
            there,
            topic,
            waiting,
            may_link=True,
        ),
        "answered-within-72h": Definition(
            _("Answered within three days"),
            _("The share of topics with a first answer within 72 hours; those that still wait count."),
            there,
            topic,
            waiting,
            may_link=True,
        ),
        "median-wait": Definition(
            _("Usual wait"),
            _("After so many hours half of the topics have their first answer."),
            there,
            _("hour"),
            waiting,
            may_link=True,
        ),
        "unanswered": Definition(
            _("Topics left aside"),
            _("The share of topics older than the horizon that nobody else answered."),
            there,
            topic,
            may_link=False,
        ),
        **unheard(),
    }


def unheard() -> dict[str, Definition]:
    """People and posts to whom nobody responded."""
    return {
        "unheard-voices": Definition(
            _("Unheard voices"),
            _("The share of people whose every post got no reply, quote, mention or like by another human."),
            people_there(),
            _("person"),
            may_link=False,
        ),
        "unheard-posts": Definition(
            _("Unheard posts"),
            _("The share of posts that got no reply, quote or like by another human."),
            people_there(),
            _("post"),
            may_link=False,
        ),
    }


def newcomers() -> dict[str, Definition]:
    """Newcomers."""
    there, person = _("People whose first post lies in the window."), _("person")
    earlier = _("People who had 30 days after their first post, which ended in the window.")
    return {
        "newcomers": Definition(
            _("Newcomers"), _("How many people wrote for the first time."), there, person, may_link=False
        ),
        "newcomers-answered": Definition(
            _("Newcomers answered"),
            _("The share whose first post was answered within the horizon."),
            there,
            person,
            may_link=False,
        ),
        "newcomers-answered-by-facilitators": Definition(
            _("Welcomed by facilitators"),
            _("Of the answered newcomers, the share whom a facilitator answered first."),
            there,
            person,
            may_link=False,
        ),
        "newcomers-answered-by-others": Definition(
            _("Welcomed by others"),
            _("Of the answered newcomers, the share whom somebody else answered first."),
            there,
            person,
            may_link=False,
        ),
        "second-post": Definition(
            _("Second post"), _("The share who wrote again within 30 days."), earlier, person, may_link=False
        ),
        "second-post-answered": Definition(
            _("Second post, answered"),
            _("Of those who were answered, the share who wrote again."),
            earlier,
            person,
            may_link=False,
        ),
        "second-post-unanswered": Definition(
            _("Second post, not answered"),
            _("Of those who were not answered, the share who wrote again."),
            earlier,
            person,
            may_link=False,
        ),
        "second-post-difference": Definition(
            _("What goes with an answer"),
            _("The difference of the two shares. It is an association, not proof of an effect."),
            earlier,
            person,
            "Newcombe 1998",
            may_link=False,
        ),
    }


def voices() -> dict[str, Definition]:
    """Voices."""
    there, person = people_there(), _("person")
    everybody, chaoss = _("All members, also those who wrote nothing."), "CHAOSS, Contributor Absence Factor"
    return {
        "posts": Definition(_("Posts"), _("How many posts were written."), there, _("post"), may_link=True),
        "participants": Definition(_("Participants"), _("How many people wrote."), there, person, may_link=True),
        "members": Definition(
            _("Members"),
            _("How many accounts in use there were at the end of the window."),
            everybody,
            person,
            may_link=True,
        ),
        "gini-participants": Definition(
            _("Inequality among participants"),
            _("0: all write as much; near 1: one writes it all."),
            there,
            person,
            "Gini 1912",
            may_link=True,
        ),
        "gini-members": Definition(
            _("Inequality among members"),
            _("0: all write as much; near 1: one writes it all."),
            everybody,
            person,
            "Gini 1912",
            may_link=True,
        ),
        "effective-voices": Definition(
            _("Effective number of voices"),
            _("So many equal voices would be as diverse."),
            there,
            person,
            "Jost 2006",
            may_link=True,
        ),
        "top-tenth": Definition(
            _("Share of the top tenth"),
            _("The share of posts by the tenth that writes most."),
            there,
            person,
            may_link=False,
        ),
        "lower-half": Definition(
            _("Share of the quieter half"),
            _("The share of posts by the half that writes least."),
            there,
            person,
            may_link=False,
        ),
        "absence-posts": Definition(
            _("Absence factor of posts"),
            _("How few people wrote half of the posts."),
            there,
            person,
            chaoss,
            may_link=False,
        ),
        "absence-answers": Definition(
            _("Absence factor of first answers"),
            _("How few people gave half of the first answers."),
            there,
            person,
            chaoss,
            may_link=False,
        ),
    }


def ties_there() -> str:
    """The population of figures about ties."""
    return _("Pairs of people of whom one replied to, quoted or mentioned the other in the window.")


def ties() -> dict[str, Definition]:
    """Ties."""
    there, tie = ties_there(), _("tie")
    return {
        "ties": Definition(
            _("Ties"),
            _("How many people responded to how many: each pair once in each direction."),
            there,
            tie,
            may_link=True,
        ),
        "reciprocity": Definition(
            _("Reciprocity"), _("The share of ties that go both ways."), there, tie, "networkx", may_link=True
        ),
        "reciprocity-by-chance": Definition(
            _("Reciprocity by chance"),
            _("What it would be if the same answers went to anybody."),
            there,
            tie,
            may_link=True,
        ),
        "reciprocity-beyond-chance": Definition(
            _("Reciprocity beyond chance"),
            _("Reciprocity less what chance alone would make."),
            there,
            tie,
            may_link=True,
        ),
        "depth": Definition(
            _("Depth of conversations"),
            _("How many turns between different people the longest chain of replies takes, on average."),
            topics_there(),
            _("topic"),
            may_link=True,
        ),
        "conversations": Definition(
            _("Conversations"),
            _("The share of topics with at least three turns."),
            topics_there(),
            _("topic"),
            may_link=True,
        ),
    }


def bridges() -> dict[str, Definition]:
    """Who links others, and what hangs on facilitators."""
    tie, person = _("tie"), _("person")
    linked = _("People with at least one tie in the window.")
    return {
        "across-categories": Definition(
            _("Bridges between categories"),
            _("The share of people who wrote in several categories."),
            people_there(),
            person,
            may_link=False,
        ),
        "across-groups": Definition(
            _("Bridges between groups"),
            _("Of the ties between people in groups, the share between people who share none."),
            ties_there(),
            tie,
            may_link=True,
        ),
        "holders": Definition(
            _("People who hold others together"),
            _("How many people are the only link between others."),
            linked,
            person,
            "networkx",
            may_link=True,
        ),
        "facilitator-answers": Definition(
            _("First answers by facilitators"),
            _("The share of first answers that facilitators gave."),
            topics_there(),
            _("topic"),
            may_link=False,
        ),
        "facilitator-ties": Definition(
            _("Ties with facilitators"),
            _("The share of ties in which a facilitator takes part."),
            ties_there(),
            tie,
            may_link=False,
        ),
        "together": Definition(
            _("Linked"),
            _("The share of people, facilitators apart, who are all linked to each other."),
            linked,
            person,
            "networkx",
            may_link=True,
        ),
        "together-without": Definition(
            _("Linked without facilitators"),
            _("The same, if the facilitators were not there."),
            linked,
            person,
            "networkx",
            may_link=True,
        ),
    }


def staying() -> dict[str, Definition]:
    """Who stays."""
    person = _("person")
    cohort = _("People whose first post lies in the same month.")
    return {
        "cohort-size": Definition(
            _("Cohort"), _("How many people wrote for the first time in this month."), cohort, person, may_link=False
        ),
        "cohort-stayed": Definition(
            _("Still there"),
            _("The share who wrote in this later month."),
            cohort,
            person,
            "Wilson 1927",
            may_link=False,
        ),
        "silent-readers": Definition(
            _("Silent readers"),
            _("Of the people who read or wrote, the share who only read."),
            _("People who wrote in the window, or whose reading counters grew."),
            person,
            may_link=True,
        ),
        "fell-silent": Definition(
            _("Fell silent"),
            _("The share who wrote nothing in the window."),
            _("People who wrote often in the period before."),
            person,
            may_link=False,
        ),
    }


def activity() -> dict[str, Definition]:
    """Activity."""
    return {
        "week-posts": Definition(
            _("Posts in a week"),
            _("How many posts were written in seven days."),
            people_there(),
            _("post"),
            may_link=True,
        ),
        "week-participants": Definition(
            _("People in a week"), _("How many people wrote in seven days."), people_there(), _("person"), may_link=True
        ),
    }
