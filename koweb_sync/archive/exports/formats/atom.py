"""An archive as one Atom feed (RFC 4287): every post is an entry, for feed readers and programs that take posts in.

An entry's id is the post's permanent address on the forum (/p/NUMBER), which moving it leaves as it is. Replies say
what they answer (RFC 4685), and the feed says that nothing is missing in it (RFC 5005), so a reader drops what a later
one no longer has. For one category or tag, export just that.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path

from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.exports.safe_html import page
from koweb_sync.archive.exports.site_links import SiteContext, files_of
from koweb_sync.archive.names.aliases import ReplacedNames
from koweb_sync.archive.names.redact import redact, renamed_whole
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchivedTranslation, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.chat import forum_path, is_chat
from koweb_sync.dates import second
from koweb_sync.i18n import _, active

FILE = "forum.atom"
SPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    ' xmlns:fh="http://purl.org/syndication/history/1.0"'
)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_TEXT = re.compile(r'(?P<name>(?<=<name>)[^<]*)|(?<=>)[^<>]+(?=<)|(?<==")[^"<>]*(?=")')


def write_feed(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write forum.atom, and the files that posts show."""
    source = reader.source()
    with target.file(FILE) as out:
        out.write(head(source).encode())
        for topic, posts in reader.walk(wanted):
            numbers: dict[int, int] = {}  # of the topic's posts so far: number -> id
            for post in posts:
                numbers[post.number] = post.id
                out.write(entry(topic, post, numbers, source, pictures).encode())
        out.write(b"</feed>\n")


def head(source: ArchivedForum) -> str:
    """What stands before the entries. The feed is as old as what the archive knows."""
    lines = [
        element("id", f"{source.home}/"),
        element("title", source.called),
        element("updated", second(source.until or 0)),
        empty("link", rel="alternate", type="text/html", href=f"{source.url}/"),
        element("generator", "koweb"),
        empty("fh:complete"),
    ]
    return f'<?xml version="1.0" encoding="utf-8"?>\n<feed {SPACES} xml:lang="{active()}">\n' + "".join(lines)


def entry(
    topic: ArchivedTopic, post: ArchivedPost, numbers: dict[int, int], source: ArchivedForum, pictures: Pictures
) -> str:
    """A post. `numbers`: the ids of the topic's posts so far, by number."""
    here = f"{source.url}/{forum_path(post.topic, post.number, post.id)}"
    title = topic.title or _("Topic {number}").format(number=topic.id)
    lines = [
        element("id", permanent(source, post.topic, post.id)),
        element("title", title if post.number == 1 else f"Re: {title}"),
        f"<author>{element('name', called(post.author))}</author>\n",
        element("published", second(post.created)),
        element("updated", second(max(post.edited or 0, post.created))),
        empty("link", rel="alternate", type="text/html", href=here),
    ]
    answered = numbers.get(post.reply_to or 1) if post.number != 1 else None
    if answered is not None:
        lines.append(empty("thr:in-reply-to", ref=permanent(source, post.topic, answered), type="text/html"))
    if topic.category is not None:
        path, scheme = topic.category.path or str(topic.category.id), f"{source.url}/c/"
        lines.append(empty("category", term=path, scheme=scheme, label=topic.category.name))
    lines += [empty("category", term=tag, scheme=f"{source.url}/tag/") for tag in topic.tags]
    for file in post.files:
        kept = pictures.keep(file)
        if kept is not None and not kept.picture:
            lines.append(empty("link", rel="enclosure", href=kept.path, title=file.name))
    lines += [element("summary", captions.reason(post.gone))] if post.gone else []
    if post.type == 3:
        lines.append(element("content", captions.action(post.action)))
    else:
        look = SiteContext(source.url, {}, pictures, files_of(post), back="", homes=source.known)
        gone = "" if post.emptied is None else f"<p><em>{escape(captions.emptied(post.emptied))}</em></p>"
        body = gone + page(post.cooked, look) + "".join(translated(one, look) for one in post.translations)
        lines.append(element("content", body, type="html"))
    return f"<entry>\n{''.join(lines)}</entry>\n"


def translated(one: ArchivedTranslation, look: SiteContext) -> str:
    """A text in another language, below the original, as HTML."""
    said = page(one.cooked, look) if one.cooked else f"<pre>{escape(one.raw)}</pre>"
    return f'<hr><p>{escape(captions.translated(one))}</p><div lang="{escape(one.language)}">{said}</div>'


def permanent(source: ArchivedForum, topic: int, post: int) -> str:
    """The address that a post keeps."""
    return f"{source.home}/{forum_path(topic, post=post) if is_chat(topic) else f'p/{post}'}"


def element(name: str, text: str, **facts: str) -> str:
    """An element with a text in it."""
    return f"<{name}{attributes(facts)}>{quoted(text)}</{name}>\n"


def empty(name: str, **facts: str) -> str:
    """An element without content."""
    return f"<{name}{attributes(facts)}/>\n"


def attributes(facts: dict[str, str]) -> str:
    """Attributes; what is empty is left out."""
    return "".join(f' {name}="{quoted(value)}"' for name, value in facts.items() if value)


def quoted(text: str) -> str:
    """A text in XML, without the signs that XML cannot hold."""
    return escape(_FORBIDDEN.sub("", text)).replace("\r", "&#13;")


# ---- other names in it


def texts(path: Path) -> Iterator[str]:
    """The texts of a feed as a reader shows them."""
    for found in _TEXT.finditer(path.read_bytes().decode()):
        yield unescape(found[0])


def renamed(content: bytes, names: ReplacedNames) -> bytes:
    """A feed with other names in it: each text is one, whatever stands for its signs."""

    def other(found: re.Match[str]) -> str:
        text = unescape(found[0])
        after = redact(text, names) if found["name"] is None else renamed_whole(text, names)
        return found[0] if after == text else quoted(after)

    return _TEXT.sub(other, content.decode()).encode()


EXPORT = Export("atom", lambda: _("a feed of all posts (Atom)"), write_feed, (FileKind(".atom", texts, renamed),), FILE)
