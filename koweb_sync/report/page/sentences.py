"""The five sentences that open a report. Nobody is named here."""

from typing import NamedTuple

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import BEFORE, NOW, Report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.measurement import nothing as unmeasured
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.page import formats
from koweb_sync.report.page.days_told import known, nobody_aside, not_read
from koweb_sync.times import HOUR

HALVED = 10  # of fewer people or topics, nobody speaks of the half, or of a share
WIDE = 0.6  # an interval of a share that is wider says nothing
WAITS = ("answered-within-72h", "answered-within-24h", "median-wait")
# Shares that reckon with what still waits: they are told in counts, and estimated where one unfolds.
ESTIMATED = WAITS[:2]
SHARED_OUT = (
    "gini-participants",
    "gini-members",
    "effective-voices",
    "top-tenth",
    "lower-half",
    "absence-posts",
    "absence-answers",
)


def sentences(report: Report) -> tuple[str, ...]:
    """Five sentences: how lively it is, how long people wait, who is left aside, who is new, who speaks. Where too few
    people wrote, or the archive knows nothing of the period, one says it for all.
    """
    if unread := not_read(report.window, report.seen, report.settings):
        return (unread,)
    if report["participants"].state == "few":
        return (life(report),)
    return life(report), waiting(report), left(report), arrivals(report), speaking(report)


def number(figure: Measurement) -> int | None:
    """How many things a share stands for; None where it is not known."""
    return None if figure.value is None else round(figure.value * figure.n)


def tells(one: Measurement) -> bool:
    """Whether a figure says something. A count does; all else is of enough, and chance alone could not make a share
    nearly anything.
    """
    kind = formats.kind(one.key)
    if one.value is None or kind == "count":
        return one.value is not None
    if one.n < HALVED:
        return False
    return kind != "share" or one.low is None or one.high is None or one.high - one.low <= WIDE


def says(report: Report, key: str, part: str = NOW) -> bool:
    """Whether a figure of a period says something, by itself and beside what the five sentences say: how long people
    wait is told together, and of how few share the talk nothing is.
    """

    def measured(key: str) -> Measurement:
        return report.values.get((key, part)) or unmeasured(key, "unknown")

    if key in WAITS and not tells(measured(WAITS[0])):
        return False
    if key in SHARED_OUT and few_voices(measured("participants")):
        return False
    if key == "median-wait" and 2 * (measured("answered").value or 0) < measured("topics").n:
        return False  # it is an estimate: who counts finds fewer than half of the topics answered
    return tells(measured(key))


def share_of(figure: Measurement) -> str:
    """A share in words; where it would say nothing, what it stands for: 1 of 2. `figure` has a value."""
    if tells(figure):
        return formats.percent(figure.value or 0)
    return of_all(figure)


def of_all(figure: Measurement) -> str:
    """What a share stands for: 1 of 2."""
    return _("{n} of {all}").format(n=formats.decimal(number(figure) or 0), all=formats.decimal(figure.n))


def in_counts(report: Report, figure: Measurement, part: str = NOW) -> str:
    """A figure's value; of an estimated share what was counted, so that no number stands beside another one for what
    looks the same.
    """
    n = counted(report, figure.key, part) if figure.key in ESTIMATED else None
    if n is None or figure.value is None:
        return formats.figure(figure)
    return _("{n} of {all}").format(n=formats.decimal(n), all=formats.decimal(figure.n))


def counted_share(report: Report, figure: Measurement, part: str = NOW) -> float | None:
    """The share that `in_counts` writes as counts; None where it writes the value itself."""
    n = counted(report, figure.key, part) if figure.key in ESTIMATED else None
    return None if n is None or figure.value is None or not figure.n else n / figure.n


class PartWords(NamedTuple):
    """How a sentence says a part of a whole: of one, `only` or `only_not`; of more, `every`, `none` or `some`."""

    only: str
    only_not: str
    every: str
    none: str
    some: str


def part_of(n: int, every: int, words: PartWords, **more: str) -> str:
    """`n` of `every` in words: “1 of 1” and “0 of 3” are nothing that anybody says."""
    if every == 1:
        told = words.only if n else words.only_not
    elif n in (0, every):
        told = words.every if n else words.none
    else:
        told = words.some
    return told.format(n=formats.decimal(n), all=formats.decimal(every), **more)


def counted(report: Report, key: str, part: str = NOW) -> int | None:
    """How many topics count in the share of a figure, whatever its estimate is; None where that is not told."""
    found = behind_figure(report.behind, key, part)
    return None if found is None else found.total


def uncertain() -> str:
    """What “most likely between” means, which stands beside numbers that are estimated."""
    return _(
        "A number that rests on few people or topics is uncertain: “most likely between” holds in some 95 of 100 cases."
    )


def protected() -> str:
    """What becomes of what few people did, by whom everybody would recognise them: the rule, said once."""
    return _(
        "What fewer than five people did is not told, except of the team, which everybody knows. A number of people or "
        "topics may be smaller, such as 3 of 20: it does not say whose."
    )


# ---- the five


def life(report: Report) -> str:
    """How lively it is."""
    people, written, opened = report["participants"], report["posts"], report["topics"]
    when = formats.capital(known(report))
    if people.state == "few":
        return _("{when}, too few people wrote to say more without pointing at them.").format(when=when)
    if not people.value:
        return _("{when}, nobody wrote anything that this report counts.").format(when=when)
    told = ngettext("{when}, {n} person wrote {posts}", "{when}, {n} people wrote {posts}", people.n)
    told = told.format(when=when, n=formats.decimal(people.n), posts=formats.posts(written.n))
    if opened.state == "known":
        told += " " + (
            _("and opened {topics}").format(topics=formats.topics(opened.n))
            if opened.n
            else _("and opened no new topic")
        )
    return told + before(report) + "."


def before(report: Report) -> str:
    """How lively the period before was; empty where nobody wrote in it, or that is not told."""
    people, written, opened = (report.values.get((key, BEFORE)) for key in ("participants", "posts", "topics"))
    if written is None or not written.value:
        return ""
    posts = formats.posts(written.n)
    if people is None or opened is None or "few" in (people.state, opened.state):
        return _("; in the period before, it was {posts}").format(posts=posts)
    told = _("; in the period before, it was {people}, {posts} and {topics}")
    return told.format(people=formats.people(people.n), posts=posts, topics=formats.topics(opened.n))


def waiting(report: Report) -> str:
    """How many topics have an answer, and how soon they had it: in counts, as all that is told of single topics."""
    topics, answered = report["topics"], report["answered"]
    if topics.state == "few":
        return _("Too few people opened topics, so nothing is said here about how long they waited.")
    if not topics.value:
        return _("No topic was opened, so nobody waited for an answer.")
    if answered.value is None:
        return _("Too few topics were opened to say how long people wait.")
    n = round(answered.value)
    told = part_of(
        n,
        topics.n,
        PartWords(
            only=_("The only topic has an answer by somebody else"),
            only_not=_("The only topic has no answer by somebody else yet"),
            every=_("All {all} topics have an answer by somebody else"),
            none=_("None of the {all} topics has an answer by somebody else yet"),
            some=ngettext(
                "{n} of {all} topics has an answer by somebody else",
                "{n} of {all} topics have an answer by somebody else",
                n,
            ),
        ),
    )
    return told + soon(n, counted(report, "answered-within-24h"), counted(report, "answered-within-72h")) + "."


def soon(answered: int, day: int | None, within: int | None) -> str:
    """How many of the topics that have an answer had it within three days, and whether all had it within one (`day`);
    nothing where that is not told.
    """
    if not answered or within is None:
        return ""
    if day == answered:
        return _(", within 1 day") if answered == 1 else _(", each within 1 day")
    return part_of(
        within,
        answered,
        PartWords(
            only=_(", within 3 days"),
            only_not=_(", after more than 3 days"),
            every=_(", each within 3 days"),
            none=_(", each after more than 3 days"),
            some=ngettext(", {n} of them within 3 days", ", {n} of them within 3 days", within),
        ),
    )


def left(report: Report) -> str:
    """Who is left aside now. An answer is more than a response, which may be a like: neither is said for the other."""
    time = formats.horizon(report.settings)
    topics, people = report["unanswered"], report["unheard-voices"]
    waits, unheard = number(topics), number(people)
    if topics.state == "none" and people.state == "none":
        told = _("Of those who wrote {when}, nobody has waited for {time} yet; who waits from before is not told here.")
        return told.format(when=known(report), time=time)
    if topics.state == people.state == "few":
        return _("Who is left aside is not told: too few people, or nobody.")
    if waits == 0 and unheard == 0:
        return nobody_aside(report, time)
    differ = waits is not None and unheard is not None and 0 in (waits, unheard)
    told = _("{topics}, but {people}.") if differ else _("{topics}, and {people}.")
    return told.format(topics=formats.capital(topics_left(topics, time)), people=people_left(people, time))


def topics_left(topics: Measurement, time: str) -> str:
    """How many topics wait."""
    n = number(topics)
    if topics.state == "few":
        told = _("how many topics have been without an answer for over {time} is not told (too few people, or nobody)")
        return told.format(time=time)
    if n is None:
        return _("no topic has waited for {time} yet").format(time=time)
    words = PartWords(
        only=_("the only topic older than {time} has no answer"),
        only_not=_("no topic has been without an answer for over {time}"),
        every=_("none of the {all} topics older than {time} has an answer"),
        none=_("no topic has been without an answer for over {time}"),
        some=ngettext(
            "of {all} topics older than {time}, {n} has no answer",
            "of {all} topics older than {time}, {n} have no answer",
            n,
        ),
    )
    return part_of(n, topics.n, words, time=time)


def people_left(people: Measurement, time: str) -> str:
    """How many people got no response; where all got one, what counts as one."""
    n = number(people)
    if people.state == "few":
        return _("how many people wrote without getting any response is not told (too few, or nobody)")
    if n is None:
        return _("it is too early to say who got no response")
    heard = _("everybody who wrote over {time} ago got some response, if only a like")
    words = PartWords(
        only=_("the only person who wrote over {time} ago got no response at all"),
        only_not=heard,
        every=_("none of the {all} people who wrote over {time} ago got any response"),
        none=heard,
        some=ngettext(
            "{n} person of the {all} who wrote over {time} ago got no response to anything they wrote",
            "{n} people of the {all} who wrote over {time} ago got no response to anything they wrote",
            n,
        ),
    )
    return part_of(n, people.n, words, time=time)


def arrivals(report: Report) -> str:
    """Who is new, and whether newcomers come back."""
    newcomers, back = report["newcomers"], report["second-post"]
    if newcomers.state == "few":
        told = _("Too few people wrote for the first time to say more of them")
    elif not newcomers.value:
        told = _("Nobody wrote for the first time")
    else:
        told = ngettext(
            "{n} person wrote for the first time", "{n} people wrote for the first time", newcomers.n
        ).format(n=formats.decimal(newcomers.n)) + greeted(report)
    return told + ("" if back.value is None else came_back(report, back)) + "."


def greeted(report: Report) -> str:
    """How many of the newcomers got an answer in time; of some it may be too early to say."""
    newcomers, answered = report["newcomers"].n, report["newcomers-answered"]
    n, time = number(answered), formats.horizon(report.settings)
    if n is None:
        return ""
    if answered.n < newcomers:
        told = ngettext(
            "; so far, {n} of them got an answer within {time}", "; so far, {n} of them got an answer within {time}", n
        )
        found = (told if n else _("; so far, none of them got an answer within {time}")).format(
            n=formats.decimal(n), time=time
        )
        return found + _(" (of {all}: for the others, it is too early to tell)").format(all=formats.decimal(answered.n))
    words = PartWords(
        only=_(", and got an answer within {time}"),
        only_not=_(", and got no answer within {time}"),
        every=_("; all of them got an answer within {time}"),
        none=_("; none of them got an answer within {time}"),
        some=ngettext("; {n} of them got an answer within {time}", "; {n} of them got an answer within {time}", n),
    )
    return part_of(n, newcomers, words, time=time)


def came_back(report: Report, back: Measurement) -> str:
    """How many of those who came before wrote again."""
    days = formats.hours(report.settings.return_within / HOUR)
    if tells(back):
        told = _("; of those who came before them, {share} wrote again within {days}")
        return told.format(share=formats.percent(back.value or 0), days=days)
    n = number(back) or 0
    words = PartWords(
        only=_("; the only person who came before wrote again within {days}"),
        only_not=_("; the only person who came before did not write again within {days}"),
        every=_("; the {all} people who came before all wrote again within {days}"),
        none=_("; none of the {all} people who came before wrote again within {days}"),
        some=ngettext(
            "; of the {all} people who came before, {n} wrote again within {days}",
            "; of the {all} people who came before, {n} wrote again within {days}",
            n,
        ),
    )
    return part_of(n, back.n, words, days=days)


def speaking(report: Report) -> str:
    """Whether the talk rests on a few."""
    carry, people, helped = report["absence-posts"], report["participants"], report["facilitator-answers"]
    if few_voices(people):
        return _("There are too few voices to say how evenly the talk is shared.")
    if people.n == 1:
        return _("One person wrote everything.")
    told = carried(carry, people.n)
    if helped.value is None:
        return told + "."
    if not tells(helped):
        return _("{told}. {helped}").format(told=told, helped=first_answers(helped))
    return _("{told}, and facilitators gave {share} of the first answers.").format(
        told=told, share=formats.percent(helped.value)
    )


def carried(carry: Measurement, people: int) -> str:
    """How many people wrote half of the posts; how few, where that is not told."""
    if carry.value is None:
        return _("Half of the posts come from only a few people of {all}").format(all=formats.decimal(people))
    n = round(carry.value)
    return ngettext(
        "Half of the posts come from {n} person of {all}", "Half of the posts come from {n} people of {all}", n
    ).format(n=formats.decimal(n), all=formats.decimal(people))


def first_answers(helped: Measurement) -> str:
    """How many of the first answers facilitators gave, where a share would say nothing."""
    n = number(helped) or 0
    words = PartWords(
        only=_("1 topic was answered, first by a facilitator."),
        only_not=_("1 topic was answered, first by somebody who is no facilitator."),
        every=_("{all} topics were answered, each first by a facilitator."),
        none=_("{all} topics were answered, none first by a facilitator."),
        some=ngettext(
            "{all} topics were answered, {n} of them first by a facilitator.",
            "{all} topics were answered, {n} of them first by a facilitator.",
            n,
        ),
    )
    return part_of(n, helped.n, words)


def few_voices(people: Measurement) -> bool:
    """Whether so few wrote, but more than one, that nothing is said of how they share the talk."""
    return people.state == "few" or not people.value or 1 < people.n < HALVED
