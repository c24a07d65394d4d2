"""The five sentences that open a report, and what a reader has to know about its limits. Nobody is named here."""

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import BEFORE, NOW, Report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.measurement import nothing as unmeasured
from koweb_sync.report.page import formats
from koweb_sync.times import DAY, HOUR

FEW_TOPICS = 20  # with fewer, chance alone moves the shares a lot
HALVED = 10  # of fewer people or topics, nobody speaks of the half, or of a share
WIDE = 0.6  # an interval of a share that is wider says nothing
WAITS = ("answered-within-72h", "answered-within-24h", "median-wait")
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
    people wrote, the first says it for all.
    """
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
    return tells(measured(key))


def share_of(figure: Measurement) -> str:
    """A share in words; where it would say nothing, what it stands for: 1 of 2. `figure` has a value."""
    if tells(figure):
        return formats.percent(figure.value or 0)
    return _("{n} of {all}").format(n=formats.decimal(number(figure) or 0), all=formats.decimal(figure.n))


def period(report: Report) -> str:
    """From when to when."""
    since, until = report.window.since, report.window.last
    first, final = formats.day(since, report.settings), formats.day(until, report.settings)
    if first == final:
        return _("on {day}").format(day=first)
    return _("from {since} to {until}").format(since=first, until=final)


def capital(text: str) -> str:
    """The first letter of a sentence."""
    return text[:1].upper() + text[1:]


def protected() -> str:
    """What becomes of groups in which everybody would be recognised: the rule, said once."""
    return _("Nothing is said of groups of fewer than five people.")


def public() -> str:
    """Why a table of single topics, in a report that may be shared, tells of nobody what was not known."""
    return _(
        "This points at nobody: these topics are public, and show these numbers on the forum to whoever reads them."
    )


# ---- the five


def life(report: Report) -> str:
    """How lively it is."""
    people, written, opened = report["participants"], report["posts"], report["topics"]
    when = period(report)
    if people.state == "few":
        return _("{when}, too few people wrote to say more without pointing at them.").format(when=capital(when))
    if not people.value:
        return _("{when}, nobody wrote anything that this report counts.").format(when=capital(when))
    told = _("{when}, {people} wrote {posts}").format(
        when=capital(when), people=formats.people(people.n), posts=formats.posts(written.n)
    )
    if opened.state == "known":
        told += " " + (
            _("and opened {topics}").format(topics=formats.topics(opened.n))
            if opened.n
            else _("and opened no new topic")
        )
    before = report.values.get(("posts", BEFORE))
    if before is not None and before.value:
        told += _("; in the same time before, it was {posts}").format(posts=formats.posts(before.n))
    return told + "."


def waiting(report: Report) -> str:
    """How long people wait for an answer."""
    if report["topics"].state == "few":
        return _("Too few people opened topics, so nothing is said here about how long they waited.")
    if not report["topics"].value:
        return _("No topic was opened, so nobody waited for an answer.")
    within, median = report["answered-within-72h"], report["median-wait"]
    if within.value is None or not tells(within):
        return answered_so_far(report["answered"], report["topics"].n)
    within_three = _("{share} of the topics get an answer by somebody else within three days").format(
        share=formats.percent(within.value)
    )
    if median.value is None:
        return _("{told}; fewer than half have one so far.").format(told=within_three)
    return _("{told}, and half of all topics within {median}.").format(
        told=within_three, median=formats.hours(median.value)
    )


def answered_so_far(answered: Measurement, topics: int) -> str:
    """How many of so many topics have an answer, where a share would say nothing."""
    if answered.value is None:
        return _("Too few topics were opened to say how long people wait.")
    if topics == 1:
        if answered.value:
            return _("The only topic has an answer by somebody else.")
        return _("The only topic has no answer by somebody else yet.")
    if not answered.value:
        told = _("None of the {all} topics has an answer by somebody else yet.")
        return told.format(all=formats.decimal(topics))
    n = round(answered.value)
    return ngettext(
        "{n} of {all} topics has an answer by somebody else.",
        "{n} of {all} topics have an answer by somebody else.",
        n,
    ).format(n=formats.decimal(n), all=formats.decimal(topics))


def are_left(report: Report) -> bool:
    """Whether it is told that somebody is left aside: of them a report for facilitators says who they are."""
    return any(number(report[key]) for key in ("unanswered", "unheard-voices"))


def left(report: Report) -> str:
    """Who is left aside now."""
    time = formats.horizon(report.settings)
    topics, people = report["unanswered"], report["unheard-voices"]
    if topics.state == "none" and people.state == "none":
        return _("Nobody has waited for {time} yet, so nobody is left aside.").format(time=time)
    if topics.state == people.state == "few":
        return _("Who is left aside is not told: too few people, or nobody.")
    if number(topics) == 0 and number(people) == 0:
        return _("Nobody is left aside: every topic older than {time} has an answer, and everybody was heard.").format(
            time=time
        )
    return _("{topics}, and {people}.").format(topics=capital(topics_left(topics, time)), people=people_left(people))


def topics_left(topics: Measurement, time: str) -> str:
    """How many topics wait."""
    n = number(topics)
    if topics.state == "few":
        told = _("how many topics have been without an answer for over {time} is not told (too few people, or nobody)")
        return told.format(time=time)
    if n is None:
        return _("no topic has waited for {time} yet").format(time=time)
    if n == 0:
        return _("no topic has been without an answer for over {time}").format(time=time)
    return ngettext(
        "of {all} older than {time}, {n} has no answer",
        "of {all} older than {time}, {n} have no answer",
        n,
    ).format(n=formats.decimal(n), all=formats.topics(topics.n), time=time)


def people_left(people: Measurement) -> str:
    """How many people got no response."""
    n = number(people)
    if people.state == "few":
        return _("how many people wrote without getting any response is not told (too few, or nobody)")
    if n is None:
        return _("it is too early to say who got no response")
    if n == 0:
        return _("everybody who wrote got some response")
    return ngettext(
        "{n} person of {all} got no response to anything they wrote",
        "{n} people of {all} got no response to anything they wrote",
        n,
    ).format(n=formats.decimal(n), all=formats.decimal(people.n))


def arrivals(report: Report) -> str:
    """Who is new, and whether newcomers come back."""
    time = formats.horizon(report.settings)
    if report["newcomers"].state == "few":
        told = _("Too few people wrote for the first time to say more of them")
    elif not report["newcomers"].value:
        told = _("Nobody wrote for the first time")
    else:
        told = _("{people} wrote for the first time").format(people=formats.people(report["newcomers"].n))
        answered = report["newcomers-answered"]
        n = number(answered)
        if n is not None:
            told = greeted(answered.n == report["newcomers"].n, report["newcomers"].n, n).format(
                told=told, n=formats.decimal(n), time=time
            )
    back = report["second-post"]
    if back.value is None:
        return told + "."
    days = formats.hours(report.settings.return_within / HOUR)
    if not tells(back):
        return _("{told}; {all} came before them, of whom {n} wrote again within {days}.").format(
            told=told, n=formats.decimal(number(back) or 0), all=formats.people(back.n), days=days
        )
    return _("{told}; of those who came before them, {share} wrote again within {days}.").format(
        told=told, share=formats.percent(back.value), days=days
    )


def greeted(settled: bool, newcomers: int, n: int) -> str:
    """How many of the newcomers got an answer in time; `settled`: of all of them it can be said by now."""
    if newcomers == 1:
        return _("{told}, and got an answer within {time}") if n else _("{told}, and got no answer within {time}")
    if settled:
        return _("{told}; {n} of them got an answer within {time}")
    return _("{told}; so far, {n} of them got an answer within {time}")


def speaking(report: Report) -> str:
    """Whether the talk rests on a few."""
    carry, people, helped = report["absence-posts"], report["participants"], report["facilitator-answers"]
    if few_voices(people):
        return _("There are too few voices to say how evenly the talk is shared.")
    if carry.value is None or people.n == 1:
        return _("One person wrote everything.")
    n = round(carry.value)
    told = ngettext(
        "Half of the posts come from {n} person of {all}", "Half of the posts come from {n} people of {all}", n
    ).format(n=formats.decimal(n), all=formats.decimal(people.n))
    if helped.value is None:
        return told + "."
    if not tells(helped):
        return _("{told}; first answers: {all}, of which facilitators gave {n}.").format(
            told=told, all=formats.decimal(helped.n), n=formats.decimal(number(helped) or 0)
        )
    return _("{told}, and facilitators gave {share} of the first answers.").format(
        told=told, share=formats.percent(helped.value)
    )


def few_voices(people: Measurement) -> bool:
    """Whether so few wrote, but more than one, that nothing is said of how they share the talk."""
    return people.state == "few" or not people.value or 1 < people.n < HALVED


# ---- how far one may trust them


def notes(report: Report, now: int) -> tuple[str, ...]:
    """What limits the report: what was not read of the forum, how long ago it was, how few things it rests on."""
    return tuple(filter(None, (age(report, now), lacking(report), beyond(report), few(report))))


def age(report: Report, now: int) -> str:
    """An archive that is older than a day says so."""
    old = now - report.seen
    if not report.seen:
        return _("The forum was not read yet.")
    if old <= DAY:
        return ""
    return _("The forum was last read on {day}, {age} ago; who has been answered since is not known here.").format(
        age=formats.hours(old / HOUR), day=formats.day(report.seen, report.settings)
    )


def lacking(report: Report) -> str:
    """What the archive knows that it lacks."""
    whole = report.completeness
    if whole.complete or not report.seen:
        return ""
    if whole.missing_posts:
        return ngettext(
            "Incomplete: {n} post of the forum was not read, so every figure may be a little off.",
            "Incomplete: {n} posts of the forum were not read, so every figure may be a little off.",
            whole.missing_posts,
        ).format(n=formats.decimal(whole.missing_posts))
    if whole.troubled_topics or whole.short_topics:
        n = whole.troubled_topics + whole.short_topics
        return ngettext(
            "Incomplete: {n} topic could not be read whole, so every figure may be a little off.",
            "Incomplete: {n} topics could not be read whole, so every figure may be a little off.",
            n,
        ).format(n=formats.decimal(n))
    return _("Incomplete: the forum was not read to the end the last time.")


def beyond(report: Report) -> str:
    """A window that goes on after the archive's last look."""
    if not report.seen or report.window.last <= report.seen:
        return ""
    return _("The forum was read until {day}; what happened later is not in this report.").format(
        day=formats.day(report.seen, report.settings)
    )


def few(report: Report) -> str:
    """Few topics make shares that chance moves, where shares are told."""
    n = report["topics"].n
    if n >= FEW_TOPICS or not says(report, "answered-within-72h"):
        return ""
    return ngettext(
        "This rests on {n} topic only: with so few, chance alone can change the shares a lot.",
        "This rests on {n} topics only: with so few, chance alone can change the shares a lot.",
        n,
    ).format(n=formats.decimal(n))
