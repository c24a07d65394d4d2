"""Cooking in tests: a small forum of either flavour, without a server, and what of a page could run."""

import re
from collections.abc import Iterator

import tinyhtml5

from koweb_sync.sandbox.cooking.clean import TAGS
from koweb_sync.sandbox.cooking.context import Stage
from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.model.flavour import FLAVOURS
from koweb_sync.sandbox.model.records import PostRecord, UploadRecord
from koweb_sync.sandbox.model.seed import load
from koweb_sync.sandbox.model.state import ForumState

SHA1 = "00000000000000000000000000000000000000ff"
PICTURE = "upload://47.png"


def forum(flavour: str = "2022") -> ForumState:
    """The sandbox's own forum, with one picture."""
    state = load(None, lambda: 0.0, cook, FLAVOURS[flavour])
    picture = UploadRecord(1, SHA1, "plan.png", "png", b"", 320, 200)
    state.uploads[SHA1] = state.by_short_url[picture.short_url] = picture
    return state


FORUMS = {name: forum(name) for name in FLAVOURS}


def cooked(raw: str, flavour: str = "2022", author: str = "bilal", stage: Stage = Stage.LATER) -> str:
    """A post's HTML: post 50, in topic 1."""
    state = FORUMS[flavour]
    return cook(state, PostRecord(50, 1, 9, state.user(author).id, raw, 0.0, 0.0, state.cook), stage)


def harms(html: str) -> Iterator[str]:
    """What a browser would run or load, in a page with this HTML."""
    for element in tinyhtml5.parse(f"<!doctype html><body>{html}", namespace_html_elements=False).iter():
        tag = str(element.tag).removeprefix("{http://www.w3.org/2000/svg}")
        if tag in ("svg", "use") and set(element.attrib) <= {"class", "href"}:
            continue  # the square of a hashtag, which no post can write
        if tag not in TAGS and tag not in ("html", "head", "body"):
            yield f"<{tag}>"
        for name, value in element.attrib.items():
            address = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.startswith("on") or name in ("srcdoc", "action", "formaction", "srcset", "background"):
                yield f"{name}={value}"
            if name == "style" and not re.fullmatch(r"text-align:(left|right|center)", value):
                yield f"style={value}"
            if name in ("href", "src", "poster") and not re.match(r"(https?:)?//|/|#|mailto:|$", address):
                yield f"{name}={value}"
