"""What of a post's HTML is kept: nothing that could run, and nothing that Discourse does not keep."""

import re

import nh3

# fmt: off
TAGS = {
    "a", "abbr", "aside", "audio", "b", "big", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "picture",
    "pre", "ruby", "rb", "rp", "rt", "s", "section", "small", "source", "span", "strike", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "video",
}
# fmt: on
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "name", "class", "id"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height", "class", "loading"},
    "aside": {"class"},
    "audio": {"controls", "preload"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "align", "lang", "dir"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "hr": {"class"},
    "li": {"id", "class"},
    "ol": {"start", "class", "reversed", "type"},
    "p": {"lang", "dir"},
    "section": {"class"},
    "source": {"src", "type"},
    "span": {"class", "lang", "dir"},
    "sup": {"class"},
    "td": {"style", "colspan", "rowspan"},
    "th": {"style", "colspan", "rowspan"},
    "video": {"controls", "preload", "width", "height", "poster"},
}
CLASSES = frozenset(
    (
        *("anchor", "attachment", "avatar", "chcklst-box", "checked", "d-image-grid", "d-wrap"),
        *("discourse-local-date", "emoji", "fa", "fa-check-square", "fa-check-square-o", "fa-fw", "fa-square-o"),
        *("footnote-backref", "footnote-item", "footnote-ref", "footnotes", "footnotes-list", "footnotes-sep"),
        *("hashtag", "hashtag-cooked", "info-label", "info-number", "md-table", "mention", "mention-group"),
        *("no-group", "onebox", "only-emoji", "poll", "poll-container", "poll-info", "poll-title", "quote"),
        *("quote-controls", "spoiler", "title", "video-container"),
    )
)
REL = "noopener nofollow ugc"
_HOME = re.compile(rf'(<a (?:[^>]*? )?href="(?:[/#](?!/)[^"]*|)"[^>]*?) rel="{REL}"')
_NO_HREF = re.compile(rf'(<a (?![^>]*href=)[^>]*?) ?rel="{REL}"')


def clean(rendered: str, *, trusted: bool) -> str:
    """Without anything that could run. Links to elsewhere say that search engines should not follow them, unless the
    author is `trusted`.
    """
    text = nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        generic_attribute_prefixes={"data-"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None if trusted else REL,
        strip_comments=True,
    )
    if not trusted:
        text = _NO_HREF.sub(r"\1", _HOME.sub(r"\1", text))
    return text.replace("&nbsp;", "\u00a0").strip()


def kept(element: str, attribute: str, value: str) -> str | None:
    """The value of an attribute, or None to drop it: classes are ours alone, styles only align cells."""
    if attribute == "class":
        ours = [one for one in value.split() if one in CLASSES or (element == "code" and one.startswith("lang-"))]
        return " ".join(ours) or None
    if attribute == "style":
        return value if re.fullmatch(r"text-align:(left|right|center)", value) else None
    if attribute == "id":
        return value if re.fullmatch(r"(footnote|heading-)-[\w:-]+", value) else None
    return value
