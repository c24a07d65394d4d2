"""The charts of a report: few, each with a text alternative and the table of what it shows."""

from collections.abc import Callable, Mapping, Sequence

from koweb_sync.i18n import _, ngettext
from koweb_sync.report.compute import Cohort, Report
from koweb_sync.report.engine.measurement import Measurement
from koweb_sync.report.engine.posts_behind import behind_figure
from koweb_sync.report.figures.first_answers import Curve
from koweb_sync.report.page import drawing as draw
from koweb_sync.report.page import formats, sentences, telling
from koweb_sync.report.page.chart import DASH, Chart, Table, cell, figure_link, likely, nothing
from koweb_sync.report.page.drawing import Picture, Scale
from koweb_sync.report.page.weekly import activity

HOURS = (1, 6, 24, 72, 168)  # rows of the table about waiting
WEEK = 168  # hours: as far as its picture goes
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
LATER = 6  # months after the first one that the table of cohorts shows


def charts(report: Report) -> tuple[Chart, ...]:
    """All charts, in the order of the page."""
    every: Sequence[Callable[[Report], Chart]] = (activity, waiting, newcomers, voices, answering, cohorts)
    return tuple(make(report) for make in every)


def quarters() -> list[draw.Tick]:
    """The marks of an axis from nothing to all."""
    return [(share, formats.percent(share)) for share in QUARTERS]


def cohort_link(report: Report, one: Cohort) -> str:
    """The place of the links to what a cohort wrote; where it has none, of the reason."""
    found = behind_figure(report.behind, "cohort-size", one.month)
    return f"#cohort-{one.month}" if found is not None and found.topics else figure_link("cohort-size")


# ---- how long people wait


def waiting(report: Report) -> Chart:
    """The share of topics that have an answer, hour by hour: Kaplan and Meier's curve, turned around."""
    title = _("How long until the first answer")
    marks = {24: report["answered-within-24h"], 72: report["answered-within-72h"]}
    counted = [(formats.hours(hour), sentences.in_counts(report, one), one.key) for hour, one in marks.items()]
    counted = [row for row in counted if telling.told(report, row[2])]
    answered, topics = report["answered"], report["topics"].n
    if counted and answered.value is not None:
        so_far = _("{n} of {all}").format(n=formats.decimal(answered.value), all=formats.decimal(topics))
        counted.append((_("so far"), so_far, answered.key))
    table = Table(
        (_("After"), _("Topics with an answer")),
        tuple((after, n) for after, n, _key in counted),
        tuple(figure_link(key) for _after, _n, key in counted),
    )
    curve = report.curve
    if not curve.hours or not sentences.says(report, "answered-within-72h"):
        return nothing("waiting", title, table, counted=bool(counted))
    note = _(
        "The line is an estimate. It reckons with a topic that still waits only for as long as it has been waiting, so "
        "that it may lie a little above what was counted."
    )
    note = f"{note} {upright(marks)}".rstrip()
    sure = Table(
        (_("After"), _("Estimate"), _("Most likely between")),
        tuple(
            (
                formats.hours(hour),
                answered_after(report, hour),
                (formats.between(marks[hour]) if hour in marks else "") or DASH,
            )
            for hour in HOURS
        ),
        note=_("A dash: uncertainty is reckoned for 1 and 3 days alone."),
    )
    return Chart("waiting", title, sentences.waiting(report), note, table, staircase(curve, marks), sure)


def upright(marks: Mapping[int, Measurement]) -> str:
    """What the upright lines show, by the last of them; empty where there is none."""
    found = [
        (formats.hours(hour), range_, formats.topics(one.n))
        for hour, one in marks.items()
        if (range_ := formats.between(one))
    ]
    if not found:
        return ""
    after, range_, topics = found[-1]
    told = _(
        "The upright lines show how uncertain the share is: after {time}, with {topics}, probably between {range}."
    )
    return told.format(time=after, topics=topics, range=range_)


def staircase(curve: Curve, marks: Mapping[int, Measurement]) -> Picture:
    """The curve, and how sure it is at some hours."""
    left, top, bottom = 46, 26, 216
    x, y = Scale(0, WEEK, left, draw.WIDTH - 6), Scale(0, 1, bottom, top)
    points = [(0.0, 0.0)]
    points += [(hour, 1 - still) for hour, still in zip(curve.hours, curve.waiting, strict=True) if hour <= WEEK]
    if curve.hours[-1] > WEEK:
        points.append((WEEK, points[-1][1]))
    drawn = [draw.words(0, 8, _("Topics with an answer (estimate)"), colour=draw.SOFT)]
    drawn += draw.down(y, quarters(), left)
    drawn += draw.along(x, [(day * 24, formats.decimal(day)) for day in range(WEEK // 24 + 1)], top, bottom)
    drawn.append(draw.below((left + draw.WIDTH) / 2, bottom + 18, _("Days since the topic was opened")))
    drawn.append(draw.steps([(x(hour), y(share)) for hour, share in points], draw.FIRST))
    for hour, one in marks.items():
        if one.value is not None and one.low is not None and one.high is not None:
            drawn.append(draw.line((x(hour), x(hour)), (y(one.low), y(one.high)), draw.SECOND, 2))
            drawn.append(draw.dot(x(hour), y(one.value), draw.SECOND))
    return Picture(bottom + 42, tuple(drawn))


def answered_after(report: Report, hour: int) -> str:
    """The share of topics with an answer after so many hours; the curve says it only as far as anything was seen."""
    known_marks = {24: report["answered-within-24h"], 72: report["answered-within-72h"]}
    if hour in known_marks:
        return formats.figure(known_marks[hour])
    curve = report.curve
    if not curve.hours:
        return formats.figure(report["answered-within-24h"])
    if hour > curve.hours[-1] and curve.waiting[-1] > 0:
        return _("not known")
    still = [left for time, left in zip(curve.hours, curve.waiting, strict=True) if time <= hour]
    return formats.percent(1 - still[-1]) if still else formats.percent(0)


# ---- shares with their intervals


def shares(name: str, title: str, lines: Sequence[tuple[str, Measurement]], note: str, text: str) -> Chart:
    """Shares one below the other, each as a dot with a line as long as chance may move it. A share of few
    stands in the table alone, in counts.
    """
    known = [(label, one) for label, one in lines if sentences.tells(one) or telling.countable(one)]
    rows = [(label, one) for label, one in known if sentences.tells(one)]
    table = Table(
        ("", _("Share")),
        tuple((label, with_counts(one)) for label, one in known),
        tuple(figure_link(one.key) for _label, one in known),
    )
    if not rows:
        return nothing(name, title, table, counted=bool(known))
    sure = likely("", rows)
    note = f"{level(rows)} {note}".strip()
    return Chart(name, title, text, note, table, dots(rows), sure)


def with_counts(one: Measurement) -> str:
    """A share and what it is of: 8 of 20 (40%); of few, the counts alone."""
    if not (sentences.tells(one) and telling.countable(one)):
        return cell(one)
    return _("{counts} ({share})").format(counts=sentences.of_all(one), share=cell(one))


def level(rows: Sequence[tuple[str, Measurement]]) -> str:
    """What the dots and the lines show, by the first of them; empty where there is no line."""
    found = [(label, range_, one) for label, one in rows if (range_ := formats.between(one))]
    if not found:
        return ""
    label, range_, one = found[0]
    told = (
        _("The dot is the share; the line shows how uncertain it is: with {many}, probably between {range}.")
        if len(found) == 1
        else _(
            "The dot is the share; the line shows how uncertain it is: for “{label}”, with {many}, probably between "
            "{range}."
        )
    )
    return told.format(label=label, many=formats.rests(one), range=range_)


def dots(rows: Sequence[tuple[str, Measurement]]) -> Picture:
    """A row for each share: a dot, how far chance may move it, and the share in words."""
    step = 44
    left, bottom = max(draw.wide(label) for label, _one in rows) + 12, step * len(rows)
    x = Scale(0, 1, left, draw.WIDTH - 20)
    drawn = draw.along(x, quarters(), 0, bottom)
    for nth, (label, one) in enumerate(rows):
        share, y = one.value or 0.0, step * nth + 28
        drawn.append(draw.words(left - 12, y, label, colour=draw.SOFT, anchor="end"))
        if one.low is not None and one.high is not None:
            drawn.append(draw.line((x(one.low), x(one.high)), (y, y), draw.FIRST, 3, pale=True))
        drawn.append(draw.dot(x(share), y, draw.FIRST))
        anchor: draw.Anchor = "end" if share > 0.9 else "start" if share < 0.1 else "middle"  # it leaves no picture
        drawn.append(draw.words(x(share), y - 14, formats.figure(one), anchor=anchor))
    return Picture(bottom + 22, tuple(drawn))


def newcomers(report: Report) -> Chart:
    """Whether newcomers are answered, and come back."""
    lines = (
        (_("Got an answer"), report["newcomers-answered"]),
        (_("Wrote again"), report["second-post"]),
        (_("… after an answer"), report["second-post-answered"]),
        (_("… without one"), report["second-post-unanswered"]),
    )
    drawn = {one.key for _label, one in lines if sentences.tells(one)}
    note = ""
    if drawn >= {"second-post-answered", "second-post-unanswered"}:
        note = _(
            "Those who were answered may differ from the others in much else: it goes together, and is no proof that "
            "the answer made them come back."
        )
    back = "second-post" in drawn or (not drawn and telling.told(report, "second-post"))
    title = _("Newcomers: answered, and back again") if back else _("Newcomers: answered")
    return shares("newcomers", title, lines, note, sentences.arrivals(report))


def voices(report: Report) -> Chart:
    """How the posts are shared out: the tenth that writes most, the quieter half, and those between. Where a tenth are
    too few to be told of, the two halves.
    """
    title = _("Who the posts come from")
    top, low = report["top-tenth"], report["lower-half"]
    people = report["participants"].n
    if low.value is None or people < sentences.HALVED:
        return nothing("voices", title, Table((), ()))
    quiet = (_("Quieter half"), low.value, people // 2, low.key)
    groups = [(_("Livelier half"), 1 - formats.written(low.key, low.value), people - people // 2, "posts"), quiet]
    text = _("The livelier half of the people wrote {top} of the posts, the quieter half wrote {low}.")
    if top.value is not None:
        tenth = -(-people // 10)
        between = max(0.0, 1 - formats.written(top.key, top.value) - formats.written(low.key, low.value))
        groups = [
            (_("Most active tenth"), top.value, tenth, top.key),
            (_("Those between"), between, people - tenth - people // 2, "posts"),
            quiet,
        ]
        text = _("The tenth of the people that writes most wrote {top} of the posts, the quieter half wrote {low}.")
    table = Table(
        ("", _("Share of the posts"), _("People")),
        tuple(
            (
                label,
                formats.percent(part),
                _("{n} of {all}").format(n=formats.decimal(size), all=formats.decimal(people)),
            )
            for label, part, size, _key in groups
        ),
        tuple(figure_link(key) for _label, _part, _size, key in groups),
    )
    text = text.format(top=formats.percent(groups[0][1]), low=formats.percent(low.value))
    note = _("If all wrote as much, both bars of a group would be equally long.")
    if people % (10 if top.value is not None else 2):
        note += " " + _("The groups are rounded to whole people.")
    shared = [(size / people, part) for _label, part, size, _key in groups]
    wholes = [row[2] for row in table.rows]
    return Chart("voices", title, text, note, table, pairs([label for label, *_rest in groups], wholes, shared))


def pairs(labels: Sequence[str], wholes: Sequence[str], shared: Sequence[tuple[float, float]]) -> Picture:
    """Two bars for each label: its share of the people, beside which these are counted (`wholes`), and of the posts."""
    bar, gap = 20, 8
    left = max(map(draw.wide, labels)) + 8
    bottom = 22 + (2 * bar + gap) * len(labels)
    x = Scale(0, 1, left, draw.WIDTH - 46)
    drawn = draw.legend(((draw.PALE, _("of the people")), (draw.FIRST, _("of the posts"))))
    drawn += draw.along(x, quarters(), 22, bottom)
    for nth, (label, whole, shares_) in enumerate(zip(labels, wholes, shared, strict=True)):
        top = 22 + gap // 2 + (2 * bar + gap) * nth
        drawn.append(draw.words(left - 8, top + bar, label, colour=draw.SOFT, anchor="end"))
        for lower, (colour, share) in enumerate(zip((draw.PALE, draw.FIRST), shares_, strict=True)):
            y = top + lower * bar
            drawn.append(draw.box((x(0), x(share)), (y, y + bar - 1), colour))
            drawn.append(draw.words(x(share) + 4, y + bar / 2, formats.percent(share) if lower else whole))
    return Picture(bottom + 22, tuple(drawn))


def answering(report: Report) -> Chart:
    """Whether the answers come from facilitators or from the community."""
    lines = (
        (_("Any first answer"), report["facilitator-answers"]),
        (_("Welcomed by facilitators"), report["newcomers-answered-by-facilitators"]),
    )
    note = _(
        "How much of the answering facilitators do; the rest comes from everybody else. If it is nearly all, the "
        "community leans on them; if it is hardly any, the community carries itself."
    )
    helped = report["facilitator-answers"]
    value = helped.value
    if value is None:
        text = _("There is no first answer to look at.")
    elif sentences.tells(helped):
        text = _("Facilitators gave {share} of the first answers, everybody else {rest}.").format(
            share=formats.percent(value), rest=formats.percent(1 - value)
        )
    else:
        text = sentences.first_answers(helped)
    return shares("answering", _("Who answers: the facilitators’ share"), lines, note, text)


# ---- who stays


def columns(found: Sequence[Cohort]) -> int:
    """How many later months the table shows: the first `LATER`, and on to the last one in which anybody still wrote."""
    wrote = [n for one in found for n, share in enumerate(one.stayed, 1) if n <= LATER or share.value]
    return max(wrote, default=0)


def ending(found: Sequence[Cohort], shown: int) -> str:
    """That the table ends before the months do, and who wrote after its end; empty where it shows all."""
    left = [share for one in found for share in one.stayed[shown:]]
    if not left:
        return ""
    if any(share.state == "few" for share in left):
        told = _("The table ends with “{column}”: of later months, too few people to say.")
    else:
        told = _("The table ends with “{column}”: later, nobody of them wrote.")
    return " " + told.format(column=ngettext("after {n} month", "after {n} months", shown).format(n=shown))


def remaining(one: Measurement) -> str:
    """How many of a month's newcomers, beside how many they were: 6 (60%); of few, their number alone."""
    if one.state == "few" or one.value is None:
        return cell(one)
    n = formats.decimal(sentences.number(one) or 0)
    return _("{counts} ({share})").format(counts=n, share=cell(one)) if sentences.tells(one) else n


def cohorts(report: Report) -> Chart:
    """Of the newcomers of each month, who wrote in the months after."""
    title = _("Newcomers of each month: who is still there")
    found = list(report.cohorts())
    longest = columns(found)
    after = [ngettext("after {n} month", "after {n} months", n).format(n=n) for n in range(1, longest + 1)]
    table = Table(
        (_("First post in"), _("People"), *after),
        tuple(
            (
                formats.month(one.month),
                cell(one.size),
                *(remaining(one.stayed[n]) if n < len(one.stayed) else "" for n in range(longest)),
            )
            for one in found
        ),
        tuple(cohort_link(report, one) for one in found),
    )
    reading = _(
        "A row: the people whose very first post on the forum is of that month, and how many of them wrote in the "
        "months after. The table is about the last {n} months that were over; months without newcomers have no row. "
        "An empty cell: that month was not over."
    ).format(n=report.settings.months)
    if any(each.state == "few" for one in found for each in (one.size, *one.stayed)):
        reading += " " + _("A dash: too few people to say.")
    reading += ending(found, longest)
    lines = [(formats.month(one.month), one.stayed[0]) for one in found if one.stayed]
    drawn = shares("cohorts", title, lines, "", "")
    if drawn.picture is None:
        return Chart("cohorts", title, "", reading if table.rows else "", table)
    seen = [one for _label, one in lines if sentences.tells(one)]
    first, last = sentences.share_of(seen[0]), sentences.share_of(seen[-1])
    text = _("Share of the month’s newcomers who wrote again in the next month: {share}.").format(share=first)
    if len(seen) > 1:
        text = _(
            "Share of each month’s newcomers who wrote again in the next month: {first} for the first month shown, "
            "{last} for the last."
        ).format(first=first, last=last)
    return Chart("cohorts", title, text, f"{drawn.note} {reading}".strip(), table, drawn.picture, drawn.likely)
