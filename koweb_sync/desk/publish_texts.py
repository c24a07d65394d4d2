"""The texts that publishing sends, as people will read them: the whole of a new one, and what changes in another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from koweb_sync.desk.local_html import LocalPlaces
from koweb_sync.desk.preview import Previewer
from koweb_sync.desk.publication import ActionShown
from koweb_sync.desk.rendered_difference import ChangedBlock, changed_blocks, without_names
from koweb_sync.posts.dialect import destinations

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
        if one.path in current.now.shown and (one.text.strip() or one.paragraphs) and len(found) < MOST:
            found[one.path] = text_shown(current, places, one)
    return found


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
    blocks = changed_blocks(before, after)
    said = "".join(run.text for part in action.paragraphs for run in (*part.before, *part.after))
    return TextShown("", blocks, is_long(said, "".join(one.before + one.after for one in blocks)))


def is_long(said: str, html: str) -> bool:
    """Whether only its beginning is shown at first."""
    return len(said) > LONG or html.count("<img") >= PICTURES or html.count("<iframe") > 0
