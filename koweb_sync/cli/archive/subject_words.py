"""What is held about somebody, in lines for a terminal. The texts of their posts are in the page that is to be sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from koweb_sync.archive.privacy.subject_page import labels, lists, plain, readings
from koweb_sync.cli.output import labelled
from koweb_sync.i18n import _, number


def told(facts: Mapping[str, Any]) -> Iterator[str]:
    """Line by line; a part of which nothing is held is left out."""
    person = facts["person"]
    yield from row_by_row(_("The account"), [person])
    yield from row_by_row(_("Names"), facts["names"])
    yield from row_by_row(_("Posts"), [post(one) for one in facts["posts"]])
    for _key, heading, rows in lists(dict(facts)):
        yield from row_by_row(heading, rows)
    if words := readings(facts["runs"]):
        yield words


def post(one: Mapping[str, Any]) -> dict[str, Any]:
    """A post without its texts."""
    return {"url": one["url"], "title": one["title"], "created": one["created"], "deleted": one["deleted"]}


def row_by_row(heading: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """A part: what it is about, how much of it there is, and a line for each."""
    if not rows:
        return
    yield f"{heading} ({number(len(rows))})" if len(rows) > 1 else heading
    names = labels()
    for row in rows:
        values = ((name, plain(name, value)) for name, value in row.items() if value not in (None, False, ""))
        yield "  " + " · ".join(
            said if name == "url" else labelled(names.get(name, name), said) for name, said in values
        )
    yield ""
