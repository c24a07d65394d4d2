"""A translation as people will read it, while it is typed, and the paragraphs of its original beside their fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from koweb_sync.desk.previews.local_html import LocalPlaces
from koweb_sync.desk.previews.preview import Preview, Previewer
from koweb_sync.desk.previews.typed_preview import lenient, with_content
from koweb_sync.desk.texts.paragraph_fields import ParagraphField, is_original
from koweb_sync.desk.texts.rendered_difference import without_names
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.posts.side_by_side import EndlessNote, blocks, published

KOWEB = "koweb: "  # what tells such a comment from others
_SIGNS = re.compile(r"[*_`<>#|~\[\]\\]|^\s*(?:[-+]|\d+[.)])\s", re.MULTILINE)  # of Markdown


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field of a translation as a page has it. `number`: its own in the form; `html`: the paragraph of the original,
    cooked; `written`: how that is written, where it has signs; `untouched`: its translation is the original itself.
    """

    number: int
    field: ParagraphField
    html: str = ""
    written: str = ""
    untouched: bool = False


def translation_preview(current: Previewer, places: LocalPlaces, original: str, form: PostForm) -> Preview:
    """The preview of a translation that is typed, in the place of its original. Whoever asks holds the lock."""
    post = current.now.shown[original].post
    try:
        text = published(form.body)
    except EndlessNote:
        text = form.body.replace(KOWEB, "")  # a comment like any other: what stands below it is hidden
    was = form_of(post, post.data)
    typed = replace(was, title=form.title or was.title, body=text)
    return with_content(current, places, original, lenient(original, post.data, was, typed))


def shown_fields(
    current: Previewer, places: LocalPlaces, original: str, rows: Sequence[ParagraphField]
) -> list[ShownField]:
    """The fields with their paragraphs of the original, which definitions of links elsewhere in it belong to. Whoever
    asks holds the folder's lock.
    """
    body = current.shortened(current.now.shown[original]).post.body
    defined = "\n".join(block for kind, block in blocks(body) if kind == "definition")
    found = [
        shown_field(current, places, original, number, row, defined) for number, row in enumerate(rows) if row.shown
    ]
    return [one for one in found if one.html or not one.field.same or one.field.state]


def shown_field(
    current: Previewer, places: LocalPlaces, original: str, number: int, row: ParagraphField, defined: str
) -> ShownField:
    """One of them."""
    block = row.now or row.before
    if not block:
        return ShownField(number, row)
    post = current.now.shown[original].post
    raw = current.raw(replace(post, body=f"{block}\n\n{defined}"), None)
    html = without_names(current.local_html(original, raw, places))
    return ShownField(number, row, html, block if _SIGNS.search(block) else "", is_original(row, row.text))
