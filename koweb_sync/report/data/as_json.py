"""A report as JSON, as `report.schema.json` describes it. Times are ISO 8601 in UTC. Nothing is translated."""

import json
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from koweb_sync.report.compute import NOW, Report
from koweb_sync.report.engine.figure import MORE
from koweb_sync.report.figures import figures
from koweb_sync.times import moment

VERSION = 1
SCHEMA = Path(__file__).parent.with_name("report.schema.json")
TIMES = {"since", "until", "seen", "opened", "last", "published", "begins"}  # fields that are microseconds


def as_json(report: Report) -> dict[str, Any]:
    """The report as what `json` can write. Figures stand in their parts; those that name none are in `more`."""
    return {
        "version": VERSION,
        "forum": report.forum,
        "audience": report.audience,
        "window": plain(report.window),
        "settings": plain(report.settings),
        "seen": plain(report.seen, "seen"),
        "completeness": plain(report.completeness),
        "aside": plain(report.aside) | {"gone": report.gone} | figures_of(report, "aside"),
        "answers": figures_of(report, "answers") | {"curve": plain(report.curve)},
        "newcomers": figures_of(report, "newcomers"),
        "voices": figures_of(report, "voices"),
        "ties": figures_of(report, "ties"),
        "staying": {
            "cohorts": [
                {"month": one.month, "size": plain(one.size), "stayed": plain(one.stayed)} for one in report.cohorts()
            ],
            **figures_of(report, "staying"),
            "silent": plain(report.silent),
        },
        "activity": {"weeks": weeks(report)},
        "published": plain(report.published),
        "changes": [
            {"key": now.key, "now": plain(now), "before": plain(before), "difference": plain(difference)}
            for now, before, difference in report.compared()
        ],
        "behind": plain(report.behind),
        MORE: figures_of(report, MORE),
    }


def figures_of(report: Report, part: str) -> dict[str, Any]:
    """The figures of a part by their names there; of a series, its values by their parts."""
    found: dict[str, Any] = {}
    for key, figure in figures().items():
        where, name = figure.place
        if where != part or (figure.series and where != MORE):
            continue
        if figure.series:
            found[name] = {nth: plain(one) for nth, one in report.series(key).items()}
        elif (key, NOW) in report.values:
            found[name] = plain(report[key])
    return found


def weeks(report: Report) -> list[dict[str, Any]]:
    """The weeks, oldest first."""
    return [
        {
            "begins": plain(week.begins, "begins"),
            "inside": week.inside,
            "posts": plain(week.posts),
            "participants": plain(week.participants),
        }
        for week in report.weeks()
    ]


def plain(value: Any, name: str = "") -> Any:
    """A value of a report as what `json` can write."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name), one.name) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if name in TIMES and isinstance(value, int):
        return moment(value).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value


@cache
def published_schema() -> dict[str, Any]:
    """The schema."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema
