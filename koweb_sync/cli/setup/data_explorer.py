"""The queries with which Data Explorer gives much at once: saved where the key may, shown where it may not."""

from typing import TYPE_CHECKING

from koweb_sync.cli.output import echo, say
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


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
    say(
        _(
            "This key may not save queries. An administrator can: Admin → Plugins → Data Explorer, a new query for "
            "each of these, with its name, description and text:"
        )
    )
    for query in lacking:
        if query.name not in known:
            echo(f"\n== {query.name}\n{query.told}\n\n{query.sql}")
