"""The queries with which Data Explorer gives much at once: saved where the key may, else in a file for who may."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_yes_no
from koweb_sync.errors import InputError
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum
    from koweb_sync.forum.queries import Query

FOR_ADMINISTRATORS = "koweb-queries.sql"


def save(forum: "Forum") -> None:
    """Save the queries, or bring them up to date. Where the plugin is off there is nothing to save."""
    from koweb_sync.forum import data_explorer
    from koweb_sync.forum.archive_queries import saved_queries
    from koweb_sync.forum.plugin_queries import TABLES

    if "data-explorer" not in forum.site().plugins:
        say(_("Data Explorer is off on this forum: a pull reads each topic with a request of its own."))
        return
    there = data_explorer.listed(forum) or []
    # Which of the plugins' tables are there decides what the other queries read: so the query that asks comes first.
    known = data_explorer.numbers(there, [TABLES])
    asking = known.get(TABLES.name) or data_explorer.save(forum, there, TABLES)
    wanted = saved_queries(data_explorer.tables(forum, asking) if asking is not None else frozenset())
    new = int(asking is not None and not known)
    known = data_explorer.numbers(there, wanted) | ({TABLES.name: asking} if asking is not None else {})
    lacking = [query for query in wanted if query.name not in known]
    if not lacking and not new:
        say(_("All queries are saved in Data Explorer."))
        return
    for query in lacking:
        if data_explorer.save(forum, there, query) is None:
            break
        known[query.name] = 0
    else:
        text = ngettext(
            "Saved {n} query in Data Explorer: a pull needs one request now, and an archive a few.",
            "Saved {n} queries in Data Explorer: a pull needs one request now, and an archive a few.",
            len(lacking) + new,
        )
        say(text.format(n=len(lacking) + new))
        return
    hand_over([query for query in lacking if query.name not in known])


def offer(forum: "Forum") -> None:
    """Save the queries if a person wants that, where the key is the staff's. Nothing is written without a yes."""
    site = forum.site()
    if "data-explorer" not in site.plugins or not site.staff:
        return
    question = _(
        "Save koweb's queries in the forum's Data Explorer? A pull needs one request then, and an archive a few."
    )
    if ask_yes_no(question, default=False):
        save(forum)


def hand_over(queries: "Sequence[Query]") -> None:
    """Write the queries into a file for an administrator. Raises InputError where another file has that name."""
    head = "-- koweb: " + _("saved queries for Data Explorer (Admin → Plugins → Data Explorer → New)")
    before = safe_files.read(Path.cwd(), FOR_ADMINISTRATORS)
    if before and not before.startswith(b"-- koweb: "):
        raise InputError(_("This file is there already."), where=FOR_ADMINISTRATORS, remedy=_("Move it away first."))
    name, what = _("name"), _("description")
    parts = [f"-- {name}: {one.name}\n-- {what}: {one.told}\n\n{one.sql.strip()}\n" for one in queries]
    safe_files.write(Path.cwd(), FOR_ADMINISTRATORS, "\n\n".join([head, *parts]))
    say(
        _(
            "This key may not save queries. Give {file} to an administrator: it holds them, and says where they go."
        ).format(file=FOR_ADMINISTRATORS),
        fg="yellow",
    )
