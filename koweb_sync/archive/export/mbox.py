"""An archive as a mailbox: every post is a message, threaded by what it answers, for any mail program.

Nobody's address is in it, for the archive knows none: everything ends in `.invalid` (RFC 2606), which leads nowhere.
"""

import re
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from koweb_sync.archive.export import sayings
from koweb_sync.archive.export.dates import when
from koweb_sync.archive.export.folder import Target
from koweb_sync.archive.export.pictures import Pictures
from koweb_sync.archive.export.sayings import called
from koweb_sync.archive.reading import Reader
from koweb_sync.archive.records import Post, Source, Topic, Wanted
from koweb_sync.i18n import _

POLICY = SMTP.clone(linesep="\n", max_line_length=998, mangle_from_=True)
ANCESTORS = 12  # in References besides the first post


def export(reader: Reader, target: Target, wanted: Wanted, pictures: Pictures) -> None:
    """Write forum.mbox, and the files that posts name."""
    source = reader.source()
    host = domain(source)
    with target.file("forum.mbox") as out:
        for topic, posts in reader.walk(wanted):
            thread: dict[int, tuple[int, int | None]] = {}
            for post in posts:
                thread.setdefault(post.number, (post.id, post.reply_to))
                message = letter(topic, post, thread, host, source)
                message.set_content(body(post, pictures), cte="base64")
                stamp = when(post.created).strftime("%a %b %d %H:%M:%S %Y")
                out.write(f"From post-{post.id}@{host} {stamp}\n".encode())
                BytesGenerator(out, policy=POLICY).flatten(message)
                out.write(b"\n")


def domain(source: Source) -> str:
    """What stands behind @: the forum's host, made unreachable."""
    parts = urlsplit(source.url)
    return re.sub(r"[^a-z0-9.-]+", "-", f"{parts.netloc}{parts.path}".lower()).strip("-.") + ".invalid"


def letter(
    topic: Topic, post: Post, thread: dict[int, tuple[int, int | None]], host: str, source: Source
) -> EmailMessage:
    """The head of a post's message. `thread`: number -> id and what it answers, of the topic's posts so far."""
    message = EmailMessage(POLICY)
    title = header(topic.title or _("Topic {number}").format(number=topic.id))
    first = min(thread)
    message["From"] = Address(header(called(post.author)), sender(post), host)
    message["To"] = Address(header(source.called), f"topic-{topic.id}", host)
    message["Subject"] = title if post.number == first else f"Re: {title}"
    message["Date"] = when(post.created)
    message["Message-ID"] = f"<post-{post.id}@{host}>"
    above = ancestors(post, thread, first)
    if above:
        message["In-Reply-To"] = f"<post-{above[-1]}@{host}>"
        message["References"] = " ".join(f"<post-{one}@{host}>" for one in above)
    message["List-Id"] = f"<{host}>"
    message["Archived-At"] = f"<{source.url}/t/{post.topic}/{post.number}>"
    if topic.tags:
        message["Keywords"] = header(", ".join(topic.tags))
    return message


def sender(post: Post) -> str:
    """The first part of an author's address."""
    return f"person-{post.author.id}" if post.author else "nobody"


def ancestors(post: Post, thread: dict[int, tuple[int, int | None]], first: int) -> list[int]:
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


def body(post: Post, pictures: Pictures) -> str:
    """The text of a post, and below it what a mail program cannot show."""
    notes = [sayings.reason(post.gone)] if post.gone else []
    notes += [sayings.action(post.action)] if post.type == 3 and post.action else []
    for one in post.files:
        kept = pictures.keep(one)
        words = header(one.name or one.url)
        notes.append(f"{words}: {kept.path if kept else one.source}")
    return post.raw + (f"\n\n-- \n{chr(10).join(notes)}" if notes else "")
