"""Texts that are published, brought back or looked at again, as people will read them: the whole of a new one, and what
changes in another.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from koweb_sync.desk.actions.bringing_back import EditShown
from koweb_sync.desk.previews.local_html import LocalPlaces
from koweb_sync.desk.previews.preview import Previewer
from koweb_sync.desk.previews.typed_preview import lenient, with_content
from koweb_sync.desk.texts.publication import ActionShown
from koweb_sync.desk.texts.rendered_difference import ChangedBlock, changed_blocks, without_names
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.posts.dialect import destinations
from koweb_sync.posts.translation import parse

TAG = re.compile(r"<[^>]*>")
LONG = 1_200  # signs of HTML-free text from which on only the beginning is shown at first
PICTURES = 2  # so many make a text long, too
MOST = 50  # posts of which the texts are cooked for one page; of others it shows how they are written


@dataclass(frozen=True, slots=True)
class TextShown:
    """What becomes of one text. `whole`: HTML of a new one; `blocks`: what changes in another; `long`: it does not fit
    well on a page.
    """

    whole: str = ""
    blocks: tuple[ChangedBlock, ...] = ()
    long: bool = False


def texts(current: Previewer, places: LocalPlaces, actions: Iterable[ActionShown]) -> Mapping[str, TextShown]:
    """By path, the texts of the actions that send one. Whoever asks holds the lock of the folder."""
    found: dict[str, TextShown] = {}
    for one in actions:
        if len(found) >= MOST or not (one.text.strip() or one.paragraphs):
            continue
        if one.path in current.now.shown:
            found[one.path] = text_shown(current, places, one)
        elif one.path in current.now.translations:
            found[one.path] = translated_text(current, places, one)
    return found


def translated_text(current: Previewer, places: LocalPlaces, action: ActionShown) -> TextShown:
    """The text of a translation, in the place of its original's; of one that the forum has, what changes in it."""
    one = current.now.translations[action.path]
    post = current.now.shown[one.original].post
    agreed = current.now.known.agreed(post)
    was = agreed.translations.get(one.locale) if agreed else None

    def html(body: str) -> str:
        return without_names(current.local_html(post.path, current.raw(replace(post, body=body), None), places))

    if was is None:
        return TextShown(html(action.text), (), is_long(action.text, html(action.text)))
    return difference(html(parse(was.path, current.repo.blob(was.blob), "").post.body), html(action.text))


def text_shown(current: Previewer, places: LocalPlaces, action: ActionShown) -> TextShown:
    """One of them."""
    whole = current.shortened(current.now.shown[action.path]).post
    agreed = current.forum.agreed.get(current.forum.keys[action.path])
    after = without_names(current.local_html(action.path, current.raw(whole, agreed), places))
    if agreed is None or not action.paragraphs:
        return TextShown(after, (), is_long(action.text, after))
    for one in destinations(current.agreed_body(agreed) or ""):
        current.store(whole, one)  # pictures that the new text does not show any more
    before = without_names(current.local_html(action.path, agreed.raw, places))
    return difference(before, after)


def difference(before: str, after: str) -> TextShown:
    """What is another thing in the second of two texts, both cooked and without names."""
    blocks = changed_blocks(before, after)
    html = "".join(one.before + one.after for one in blocks)
    return TextShown("", blocks, is_long(TAG.sub("", html), html))


def edited(current: Previewer, places: LocalPlaces, edits: Iterable[EditShown]) -> Mapping[str, TextShown]:
    """By path, what somebody changed on the forum. Whoever asks holds the lock of the folder."""
    found: dict[str, TextShown] = {}
    for one in edits:
        if one.path in current.now.shown and one.paragraphs and len(found) < MOST:
            before, after = (without_names(current.local_html(one.path, raw, places)) for raw in one.raws)
            found[one.path] = difference(before, after)
    return found


def between(current: Previewer, places: LocalPlaces, path: str, before: PostForm, after: PostForm) -> TextShown:
    """What is another thing in the second of two texts of a post file; nothing for a translation. Whoever asks holds
    the lock of the folder.
    """
    if path not in current.now.shown:
        return TextShown()
    data = current.now.shown[path].post.data
    opened = form_of(current.now.shown[path].post, data)
    both = (with_content(current, places, path, lenient(path, data, opened, one)).html for one in (before, after))
    return difference(*map(without_names, both))


def whole_text(current: Previewer, places: LocalPlaces, path: str) -> TextShown:
    """A post file as it lies there; nothing for a translation. Whoever asks holds the lock of the folder."""
    if path not in current.now.shown:
        return TextShown()
    html = without_names(current.preview(path, places).html)
    return TextShown(html, (), is_long(current.now.shown[path].post.body, html))


def is_long(said: str, html: str) -> bool:
    """Whether only its beginning is shown at first."""
    return len(said) > LONG or html.count("<img") >= PICTURES or html.count("<iframe") > 0
