"""The page of the work that is under way: what it is, how far it is, what it said."""

import time

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from koweb_sync.desk.serving.app import DeskRoom, page, session

routes = Blueprint("work", __name__)
WORK = DeskRoom(routes)


@routes.get("/work/")
def work() -> ResponseReturnValue:
    """The last work that was begun; when it is done, on to what it came to."""
    last = session.work.last
    if last is None:
        return redirect("/")
    last.seen = last.finished
    if last.finished and last.error is None:
        return redirect(last.after)
    return page("work.html", work=last, seconds=int(time.time() - last.began))


@routes.get("/work/line")
def line() -> str:
    """The line about work that stands on every page, for pages that are open already."""
    return page("_work_line.html")
