"""The icon that opens the desk: put among this computer's programs, or taken away, where somebody asks for it."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync.desk.rooms.set_up import how_it_is
from koweb_sync.desk.run.app_icon import app_icon
from koweb_sync.desk.serving.app import SET_UP, DeskRoom, session
from koweb_sync.errors import KowebError

routes = Blueprint("icon", __name__)
ICON = DeskRoom(routes)


@routes.post(f"{SET_UP}icon")
def change() -> ResponseReturnValue:
    """Put the icon there, or take it away."""
    icon = app_icon()
    if session.folder is None or icon is None:
        return redirect(SET_UP, 303)
    try:
        icon.put() if "put" in request.form else icon.remove()
    except KowebError as error:
        return how_it_is({"icon": error}), 422
    return redirect(f"{SET_UP}#k-icon" if "put" in request.form else f"{SET_UP}?now=no-icon", 303)
