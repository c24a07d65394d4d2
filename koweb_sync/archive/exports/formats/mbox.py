"""An archive as a mailbox: every post is a message, threaded by what it answers, for any mail program.

Nobody's address is in it, for the archive knows none: everything ends in `.invalid` (RFC 2606), which leads nowhere.
"""

import mailbox
import re
from base64 import encodebytes
from collections.abc import Iterator
from email.header import Header, decode_header, make_header
from email.utils import format_datetime, formataddr
from pathlib import Path

from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.files import Pictures
from koweb_sync.archive.exports.folder import ExportTarget
from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.chat import forum_path, is_chat
from koweb_sync.i18n import _
from koweb_sync.posts.paths import parted
from koweb_sync.times import moment

Thread = dict[int, tuple[int, int | None]]  # number -> id, and the number that it answers
ANCESTORS = 12  # in References besides the first post


def write_mailbox(reader: Reader, target: ExportTarget, wanted: ArchiveFilter, pictures: Pictures) -> None:
    """Write forum.mbox, and the files that posts name."""
    source = reader.source()
    host = domain(source)
    with target.file("forum.mbox") as out:
        for topic, posts in reader.walk(wanted):
            thread: Thread = {}
            for post in posts:
                thread.setdefault(post.number, (post.id, post.reply_to))
                stamp = moment(post.created).strftime("%a %b %d %H:%M:%S %Y")
                out.write(f"From {named_post(post.id)}@{host} {stamp}\n".encode())
                out.write(letter(topic, post, thread, source).encode("ascii"))
                # In base 64 no line of a post can look like the beginning of a message, and none is too long.
                out.write(encodebytes(body(post, pictures).encode()) + b"\n")


def texts(path: Path) -> Iterator[str]:
    """All texts in a mailbox, as a mail program shows them."""
    box = mailbox.mbox(path, create=False)
    try:
        for mail in box:
            yield from (str(make_header(decode_header(str(value)))) for value in mail.values())
            for part in mail.walk():
                content = part.get_payload(decode=True)
                if isinstance(content, bytes):
                    yield content.decode(part.get_content_charset() or "utf-8", "replace")
    finally:
        box.close()


EXPORT = Export(
    "mbox",
    lambda: _("a mailbox for any mail program"),
    write_mailbox,
    (FileKind(".mbox", texts, renamed=None),),
    "forum.mbox",
)


def domain(source: ArchivedForum) -> str:
    """What stands behind @: the forum's host, made unreachable."""
    parts = parted(source.home)
    return re.sub(r"[^a-z0-9.-]+", "-", f"{parts.netloc}{parts.path}".lower()).strip("-.") + ".invalid"


def named_post(post: int) -> str:
    """What stands before @ where a post is named, or a message of the chat."""
    return f"chat-message-{-post}" if is_chat(post) else f"post-{post}"


def named_topic(topic: int) -> str:
    """What stands before @ where a topic is named, or a channel of the chat."""
    return f"chat-{-topic}" if is_chat(topic) else f"topic-{topic}"


def letter(topic: ArchivedTopic, post: ArchivedPost, thread: Thread, source: ArchivedForum) -> str:
    """The head of a post's message. `thread`: the topic's posts so far."""
    host = domain(source)
    title = header(topic.title or _("Topic {number}").format(number=topic.id))
    first = min(thread)
    above = [f"<{named_post(one)}@{host}>" for one in ancestors(post, thread, first)]
    facts = {
        "From": address(called(post.author), sender(post), host),
        "To": address(source.called, named_topic(topic.id), host),
        "Subject": encoded(title if post.number == first else f"Re: {title}"),
        "Date": format_datetime(moment(post.created)),
        "Message-ID": f"<{named_post(post.id)}@{host}>",
        "In-Reply-To": above[-1] if above else "",
        "References": "\n ".join(above),
        "List-Id": f"<{host}>",
        "Archived-At": encoded(f"<{source.url}/{forum_path(post.topic, post.number, post.id)}>"),
        "Keywords": encoded(header(", ".join(topic.tags))),
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
    }
    return "".join(f"{name}: {value}\n" for name, value in facts.items() if value) + "\n"


def address(name: str, local: str, host: str) -> str:
    """A person with an address that leads nowhere."""
    words = header(name)
    return formataddr((words, f"{local}@{host}")) if words.isascii() else f"{encoded(words)} <{local}@{host}>"


def encoded(words: str) -> str:
    """Words as a header holds them (RFC 2047)."""
    return words if words.isascii() and len(words) < 900 and "=?" not in words else Header(words, "utf-8").encode()


def sender(post: ArchivedPost) -> str:
    """The first part of an author's address."""
    return f"person-{post.author.id}" if post.author else "nobody"


def ancestors(post: ArchivedPost, thread: Thread, first: int) -> list[int]:
    """The posts that a post answers, the oldest first; who answers nobody answers the first post."""
    found: list[int] = []
    above, seen = post.reply_to, {post.number}
    while above is not None and above in thread and above not in seen and len(found) < ANCESTORS:
        seen.add(above)
        found.insert(0, thread[above][0])
        above = thread[above][1]
    root = thread[first][0]
    if post.number != first and root not in found:
        found.insert(0, root)
    return found


def header(words: str) -> str:
    """Words that can stand in a header."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


def body(post: ArchivedPost, pictures: Pictures) -> str:
    """The text of a post, and below it what a mail program cannot show."""
    notes = [captions.reason(post.gone)] if post.gone else []
    notes += [captions.action(post.action)] if post.type == 3 and post.action else []
    for one in post.files:
        kept = pictures.keep(one)
        words = header(one.name or one.url)
        gone = "" if one.since is None else f" ({captions.absent(one.since)})"
        notes.append(f"{words}: {kept.path if kept else one.source + gone}")
    others = "".join(f"\n\n[{captions.translated(one)}]\n\n{one.raw}" for one in post.translations)
    own = post.raw if post.emptied is None else f"[{captions.emptied(post.emptied)}]"
    return own + others + (f"\n\n-- \n{chr(10).join(notes)}" if notes else "")
