"""From the forum's JSON about one edit to our own type: a diff in HTML, read back to both texts."""

import html
import re
from itertools import pairwise
from typing import Any

from koweb_sync.forum.decode import clear, flag, inner, instant, record, tag_names, text, whole_number, whole_or_none
from koweb_sync.forum.models import Revision


@clear
def revision(data: Any) -> Revision:
    """One edit of a post."""
    found = record(data)
    before, after = texts(text(inner(found, "body_changes"), "side_by_side_markdown", ""))
    titles = cells(text(inner(found, "title_changes"), "side_by_side", ""), "div")
    return Revision(
        number=whole_number(found, "current_revision"),
        username=text(found, "username"),
        name=text(found, "acting_user_name", ""),
        at=instant(found, "created_at"),
        reason=text(found, "edit_reason", ""),
        before=before,
        after=after,
        titles=(titles[0], titles[1]) if len(titles) == 2 and titles[0] != titles[1] else None,
        hidden=flag(found, "current_hidden"),
        category=whole_or_none(inner(found, "category_id_changes"), "previous"),
        tags=tag_names(inner(found, "tags_changes"), "previous") if found.get("tags_changes") else None,
    )


def texts(table: str) -> tuple[str | None, str | None]:
    """Both sides of a diff of Markdown, which shows the whole text in two columns; None for both if it shows none."""
    found = cells(table, "td")
    if not found or len(found) % 2:
        return None, None
    return "".join(found[0::2]), "".join(found[1::2])


def cells(markup: str, tag: str) -> list[str]:
    """The texts of all innermost elements of one kind: marks of insertion and deletion gone, entities undone.

    An element is innermost where an opening mark is followed by a closing one: one pass, whatever the markup.
    """
    marks = list(re.finditer(rf"<(/?){tag}(?: [^<>]*)?>", markup))
    inner = [markup[one.end() : two.start()] for one, two in pairwise(marks) if not one[1] and two[1]]
    return [html.unescape(re.sub(r"</?(?:ins|del)(?: [^<>]*)?>", "", one)) for one in inner]
