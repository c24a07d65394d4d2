"""What Discourse makes of the texts that it is sent: bodies, titles, tags, slugs. Pure."""

import re
from unicodedata import category, normalize

# The spaces that become plain ones; anything else in a body is kept, byte for byte.
SPACES = re.compile("[\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
LONGEST_TITLE = 1_000  # what is longer is refused anyway
_TAG_DROPPED = re.compile(r"[/?#\[\]@!$&'()*+,;=.%\\^|{}\"<>`]")
_WORD = re.compile(r"\w+")
_QUOTE = re.compile(r'\[quote="?[^\]"]{0,200}?,\s*post:(\d+),\s*topic:(\d+)', re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w/`.])@([\w.-]*\w)")
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`", re.DOTALL)


def stored_raw(raw: str) -> str:
    """A body as it is stored: end trimmed, special spaces made plain, NUL dropped."""
    return SPACES.sub(" ", raw.replace("\0", "")).rstrip(" \t\n\r\f\v")


def stored_title(title: str, *, prettify: bool) -> str:
    """A title as it is stored."""
    # A space that does not break is no white space to the server, so that it stays before a mark, as a plain one.
    text = title[:LONGEST_TITLE].replace("\0", "").strip(" \t\n\r\f\v")
    if prettify:
        text = re.sub(r"!!+", "!", text)
        text = re.sub(r"\?\?+", "?", text)
        if text.upper() == text and text.lower() != text:
            text = text.lower()
            text = text[:1].upper() + text[1:]
        first = _WORD.search(text)
        if first and first.start() == 0 and first[0].islower():
            text = text[:1].upper() + text[1:]
        text = re.sub(r"\.+(\s*)\Z", r"\1", text, flags=re.ASCII)
        text = re.sub(r"\s+([!?]\s*)\Z", r"\1", text, flags=re.ASCII)
    return SPACES.sub(" ", re.sub(r" {2,}", " ", text)).replace("\u200b", "").strip()


def slug(text: str) -> str:
    """A slug: accents folded, apostrophes dropped, the rest dashes."""
    folded = normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    plain = folded.encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "-"


def stored_tag(tag: str, longest: int) -> str:
    """A tag as it is stored; "" for one of which nothing is left."""
    text = re.sub(r"\s+", "-", tag.strip().lower())
    plain = "".join(one for one in text if one.isalnum() or one == "_" or category(one)[0] in "MP")
    return _TAG_DROPPED.sub("", re.sub(r"-{2,}", "-", plain))[:longest]


def counted(raw: str) -> str:
    """What of a body counts for its length: no HTML comments, emoji codes and dots shortened."""
    text = without(raw, "<!--", "-->")
    return re.sub(r"\.{2,}", "…", re.sub(r":[\w+-]+:", "☺", text)).strip()


def without(text: str, begin: str, end: str) -> str:
    """A text without what stands between two marks; in one pass, however many marks have no partner."""
    kept, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start)) >= 0:
        kept.append(text[at:start])
        at = stop + len(end)
    return "".join(kept) + text[at:]


def entropy(text: str) -> int:
    """How many different characters a text has: what Discourse takes for meaning."""
    return len(set(text.strip()))


def quoted(raw: str) -> list[tuple[int, int]]:
    """Topic and post number of everything that a body quotes, each once."""
    return list(dict.fromkeys((int(match[2]), int(match[1])) for match in _QUOTE.finditer(raw)))


def mentioned(raw: str) -> list[str]:
    """Names that a body calls with `@`, in small letters, each once; none in code or quotes."""
    plain = without(_CODE.sub("", raw), "[quote", "[/quote]")
    return list(dict.fromkeys(match[1].lower() for match in _MENTION.finditer(plain)))


def changed_characters(before: str, after: str) -> int:
    """How many characters an edit takes away and adds, the same beginning and end left out."""
    start = common(before, after)
    before, after = before[start:], after[start:]
    return len(before) + len(after) - 2 * common(before[::-1], after[::-1])


def common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
