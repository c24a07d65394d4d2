"""The query with which Data Explorer gives all posts at once: saved where the key may, shown where it may not."""

from typing import TYPE_CHECKING

import click

from koweb_sync.cli.common import say
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def save(forum: "Forum") -> None:
    """Save the query, once. Where the plugin is off there is nothing to save: topics are read one by one."""
    from koweb_sync.forum.explorer import save_query, saved_query
    from koweb_sync.forum.queries import FIRST_POSTS

    if "data-explorer" not in forum.site().plugins:
        say(_("Data Explorer is off on this forum: a pull reads each topic with a request of its own."))
    elif saved_query(forum) is not None:
        say(_("The query “{name}” is saved in Data Explorer.").format(name=FIRST_POSTS.name))
    elif save_query(forum) is not None:
        say(_("Saved the query “{name}” in Data Explorer: a pull needs one request now.").format(name=FIRST_POSTS.name))
    else:
        say(
            _(
                "This key may not save queries. An administrator can: Admin → Plugins → Data Explorer, a new query "
                "named “{name}”, with this text:"
            ).format(name=FIRST_POSTS.name)
        )
        click.echo(FIRST_POSTS.sql)
