"""The page of help: what each page of the menu is for, the signs of a text, and whom to ask."""

from collections.abc import Callable

from flask import Blueprint, current_app

from koweb_sync.desk.run.app_icon import app_icon
from koweb_sync.desk.serving.app import DeskRoom, page
from koweb_sync.i18n import _

routes = Blueprint("help", __name__)
HELP = DeskRoom(routes, "/help/", lambda: _("Help"))
PURPOSES: dict[str, Callable[[], str]] = {  # of the pages of the menu, by their addresses
    "/preview/": lambda: _("How each of your posts stands: first those that wait for you, then those to be published."),
    "/write/": lambda: _("Begin a post, and write it beside a preview of what the forum will show."),
    "/publish/": lambda: _("Read what will be sent, then send it. Nothing is sent before."),
    "/bring-back/": lambda: _("See what others changed in your topics on the forum, and bring it into your posts."),
    "/who-waits/": lambda: _("Topics that nobody answered, and people to whom nobody responded."),
    "/memory/": lambda: _("Search and read what was said on the forum, also without a connection."),
    "/report/": lambda: _("Make a report on the life of the forum, for the community or for facilitators."),
    "/set-up/": lambda: _(
        "Change the key, the address of the forum, and which category a folder goes into; put an icon that opens the "
        "desk."
    ),
}


@routes.get("/help/")
def help_page() -> str:
    """What each page does, how a text is formatted, and whom to ask."""
    menu = current_app.extensions["menu"]
    rooms = [(one.path, one.name(), PURPOSES[one.path]()) for one in menu if one.path in PURPOSES]
    return page("help.html", rooms=rooms, icon=app_icon())
