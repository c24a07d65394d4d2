"""Folders of notes in the manner of the tools that people come from: made up, and the same each time."""

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from posixpath import relpath, splitext
from unicodedata import normalize

ACTS = (
    *("Préparer", "Animer", "Raconter", "Ouvrir", "Partager", "Relire", "Financer", "Accueillir", "Clore", "Relancer"),
    *("Documenter", "Outiller", "Décider", "Nourrir", "Cartographier", "Ralentir", "Traduire", "Fêter", "Évaluer"),
    "Transmettre",
)
THINGS = (
    *("un atelier d'écriture", "une veille à plusieurs", "le jardin partagé", "la caisse commune", "un tiers-lieu"),
    *("une assemblée", "le cahier des charges", "une recette de pain", "les archives du quartier", "un goûter"),
    *("la cantine", "une sortie en forêt", "le grand ménage", "un podcast", "la bibliothèque d'objets", "un chantier"),
    *("la réunion du lundi", "une charte", "le budget", "un été sans voiture"),
)
FOLDERS = ("", "Méthodes", "Méthodes/Été 2023", "comptes rendus", "L'atelier")
TAGS = ("jardin", "outils", "récit", "gouvernance")
SAID = (
    "On commence par un tour de parole, sans rien noter.",
    "La salle est libre dès neuf heures ; la clé est chez Maud.",
    "Personne n'avait prévu la pluie, et c'est elle qui a réuni tout le monde.",
    "Le devis tient sur une page : trois planches, deux sacs, une après-midi.",
    "Il reste du fil, des graines de courge et beaucoup de questions.",
    "Ce qui a pris du temps, ce n'est pas d'écrire, c'est de s'accorder.",
    "À refaire en petit groupe, avec moins de règles et plus de silence.",
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One text of a folder before it is written in some manner."""

    number: int
    title: str
    path: str
    day: date
    tags: tuple[str, ...]
    draft: bool

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return splitext(self.path)[0].rpartition("/")[2]

    def said(self, more: int = 0) -> str:
        """A sentence of its own."""
        return SAID[(self.number * 3 + more) % len(SAID)]


def leaves(count: int, name: Callable[[int, str], str], folders: tuple[str, ...] = FOLDERS) -> list[Leaf]:
    """`count` texts with different titles, but for one pair where there are many. `name`: a file name for a title."""
    found: list[Leaf] = []
    for number in range(count):
        title = f"{ACTS[number % 20]} {THINGS[(number // 20 + number) % 20]}"
        title += f", {['première', 'deuxième', 'troisième'][number // 400 % 3]} fois" if number >= 400 else ""
        folder = folders[number % len(folders)]
        path = f"{folder}/{name(number, title)}" if folder else name(number, title)
        day = date(2021, 3, 1) + timedelta(days=number)
        shown = found[7].title if number == 19 else title
        found.append(Leaf(number, shown, path, day, (TAGS[number % 4], TAGS[number // 4 % 4]), number % 23 == 11))
    return found


def odd(number: int, title: str) -> str:
    """File names as people give them: with blanks and apostrophes, decomposed accents, capitals, other endings."""
    stem = [title, normalize("NFD", title), title.upper(), title.replace(" ", "_"), title][number % 5]
    return stem + (".markdown" if number % 17 == 4 else ".MD" if number % 29 == 3 else ".md")


def slug(number: int, title: str) -> str:
    """File names as sites have them."""
    return f"{slugged(title)}.md"


def slugged(title: str) -> str:
    """A title in small letters without accents, blanks and apostrophes."""
    bare = normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


def picture(number: int, width: int = 12, height: int = 8) -> bytes:
    """A picture in one colour of its own."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    colour = bytes([number % 251, number // 251 % 251, 97])
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + colour * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def obsidian(count: int) -> dict[str, bytes]:
    """A vault: wiki links, call-outs, properties in some notes, pictures in one folder, its settings in another."""
    notes = leaves(count, odd)
    files = {".obsidian/app.json": b"{}\n", ".trash/Vieux.md": "Jeté, mais encore là.\n".encode()}
    for note in notes:
        other = notes[(note.number * 7 + 1) % count]
        drawing = f"pièces jointes/dessin {note.number}.png"
        files[drawing] = picture(note.number)
        front = "" if note.number % 3 == 0 else _block(_obsidian_front(note))
        files[note.path] = (
            f"{front}# {note.title}\n\n{note.said()} Voir [[{other.stem}]] et [[{other.stem}|la suite]].\n\n"
            f"![[dessin {note.number}.png|60x40]]\n\n> [!tip] À retenir\n> {note.said(1)}\n\n"
            f"{note.said(2)} ==Important==, %%à vérifier%% #idée/{note.tags[0]}\n\n"
            f"> [!question]- Et ensuite ?\n> {note.said(3)}\n"
        ).encode()
    return files


def hugo(count: int) -> dict[str, bytes]:
    """A site of Hugo: front matter in YAML, TOML and JSON, short codes, pictures in `static/` and beside the page."""
    pages = leaves(count, slug, ("content/posts", "content/guides", "content/guides/fiches"))
    files = {"hugo.toml": b'title = "Notes"\n', "content/_index.md": _block('title: "Accueil des notes"').encode()}
    for page in pages:
        other = pages[(page.number * 5 + 2) % count]
        files[f"static/images/vue-{page.number}.png"] = picture(page.number)
        files[page.path] = (
            f"{_hugo_front(page)}\n{page.said()}\n\n"
            f'{{{{< figure src="/images/vue-{page.number}.png" alt="Une vue" caption="Vue du lieu" >}}}}\n\n'
            f'Lire [la suite]({{{{< ref "{other.path.removeprefix("content/")}" >}}}}) '
            f"ou [ailleurs](/{other.path.removeprefix('content/').removesuffix('.md')}/).\n\n<!--more-->\n\n"
            f"{page.said(1)}\n\n{{{{< youtube dQw4w9WgXcQ >}}}}\n\n{page.said(2)}\n"
        ).encode()
    return files


def jekyll(count: int) -> dict[str, bytes]:
    """A site of Jekyll: dated names, Liquid, attributes of kramdown, some pages in folders without a date."""
    posts = leaves(count, slug, ("_posts", "_posts/recits", "guides", "_drafts"))
    posts = [
        Leaf(post.number, post.title, _dated(post), post.day, post.tags, post.draft or "_drafts" in post.path)
        for post in posts
    ]
    files = {"_config.yml": b"title: Notes\nbaseurl: /notes\n"}
    dated = [post for post in posts if post.path.startswith("_posts/")]
    for post in posts:
        other = dated[(post.number * 3) % len(dated)]
        files[f"assets/img/vue-{post.number}.png"] = picture(post.number)
        front = f'layout: post\ntitle: "{post.title}"\ncategories: [recits]\ntags: {" ".join(post.tags)}'
        front += "\npublished: false" if post.draft else ""
        files[post.path] = (
            f"{_block(front)}{post.said()}\n\n"
            f'![Une vue]({{{{ site.baseurl }}}}/assets/img/vue-{post.number}.png){{: .large width="300" }}\n\n'
            f"Lire [la suite]({{% post_url {other.path.removeprefix('_posts/').removesuffix('.md')} %}}) "
            f"ou [la même]({{% link {other.path} %}}).\n{{: .lead}}\n\n"
            f"{{% highlight ruby %}}\nputs 'bonjour'\n{{% endhighlight %}}\n\n{post.said(1)}\n"
        ).encode()
    return files


def mkdocs(count: int) -> dict[str, bytes]:
    """A site of MkDocs: admonitions, tabs, attributes, abbreviations, a page for each folder."""
    pages = leaves(count, slug, ("docs", "docs/guide", "docs/guide/fiches"))
    files = {"mkdocs.yml": b"site_name: Notes\n"}
    for folder in ("docs", "docs/guide"):
        files[f"{folder}/index.md"] = f"# Bienvenue dans {folder}\n\nCe que nous avons appris ici.\n".encode()
    for page in pages:
        other = pages[(page.number * 3 + 1) % count]
        files[f"docs/img/vue-{page.number}.png"] = picture(page.number)
        here = page.path.rpartition("/")[0]
        draft = _block("draft: true") if page.draft else ""
        files[page.path] = (
            f"{draft}# {page.title} {{#{slugged(page.title)}}}\n\n{page.said()}\n\n"
            f'!!! note "À savoir"\n    {page.said(1)}\n\n    - un point\n    - un autre\n\n'
            f"??? tip\n    {page.said(2)}\n\n"
            f"![Une vue]({relpath(f'docs/img/vue-{page.number}.png', here)}){{ width=300 }}\n\n"
            f"[La suite]({relpath(other.path, here)}), [l'accueil](/guide/).\n\n"
            f'=== "Ici"\n\n    {page.said(3)}\n\n=== "Là"\n\n    {page.said(4)}\n\n*[CR]: Compte rendu\n'
        ).encode()
    return files


def hedgedoc(count: int) -> dict[str, bytes]:
    """Pads as HedgeDoc exports them: no folders, tags in the text or the front matter, containers, no titles."""
    pads = leaves(count, odd, ("",))
    files: dict[str, bytes] = {}
    for pad in pads:
        front = _block(f"tags: {', '.join(pad.tags)}\nbreaks: true") if pad.number % 2 else ""
        tags = "" if pad.number % 2 else f"###### tags: `{pad.tags[0]}` `{pad.tags[1]}`\n\n"
        files[pad.path] = (
            f"{front}{pad.title}\n===\n\n{tags}[TOC]\n\n## Présents\n\n{pad.said()}\n\n"
            f":::info\n{pad.said(1)}\n:::\n\n:::spoiler Pour les curieux\n{pad.said(2)}\n:::\n\n"
            f"{{%youtube dQw4w9WgXcQ %}}\n\n- [ ] ==relancer== Maud\n- [x] {pad.said(3)}\n"
        ).encode()
    return files


def yeswiki(count: int) -> dict[str, bytes]:
    """Pages of a YesWiki: its own syntax, names of pages as links, files beside them."""
    pages = leaves(count, lambda number, title: f"{_camel(title)}{number}.md", ("",))
    files: dict[str, bytes] = {}
    for page in pages:
        other = pages[(page.number * 3 + 1) % count]
        files[f"files/vue{page.number}.png"] = picture(page.number)
        files[page.path] = (
            f"======{page.title}======\n{page.said()}\n\n=====Pour commencer=====\n"
            f'**{page.said(1)}** //{page.said(2)}// et __ceci__.\n{{{{attach file="vue{page.number}.png" '
            f'desc="Une vue" size="medium"}}}}\n - un point\n - [[{other.stem} la suite]]\n - {other.stem}\n\n'
            f'[[https://example.org un site]] ##code## ""<b>gras</b>""\n[|\n| **Qui** | Quoi |\n| Maud | la clé |\n|]\n'
        ).encode()
    return files


def plain(count: int) -> dict[str, bytes]:
    """Markdown and nothing else, with a heading or only a name, some with Windows' line ends or a byte order mark."""
    texts = leaves(count, odd)
    files: dict[str, bytes] = {}
    for text in texts:
        other = texts[(text.number * 3 + 1) % count]
        here = text.path.rpartition("/")[0] or "."
        files[f"images/vue {text.number}.png"] = picture(text.number)
        heading = f"# {text.title}\n\n" if text.number % 4 else ""
        body = (
            f"{heading}{text.said()}\n\n![Une vue](<{relpath(f'images/vue {text.number}.png', here)}>)\n\n"
            f"Lire [la suite](<{relpath(other.path, here)}>).[^1]\n\n```\n[[pas un lien]]\n```\n\n"
            f"| Qui | Quoi |\n|---|---|\n| Maud | la clé |\n\n[^1]: {text.said(1)}\n"
        )
        body = body.replace("\n", "\r\n") if text.number % 13 == 5 else body
        files[text.path] = ("\ufeff" + body if text.number % 19 == 6 else body).encode()
    return files


MANNERS: Mapping[str, Callable[[int], dict[str, bytes]]] = {
    made.__name__: made for made in (obsidian, hugo, jekyll, mkdocs, hedgedoc, yeswiki, plain)
}
"""Each makes the files of a folder of `count` texts: path (POSIX) -> content."""


def _block(front: str) -> str:
    return f"---\n{front}\n---\n\n"


def _obsidian_front(note: Leaf) -> str:
    aliases = f"aliases:\n  - Fiche {note.number}\n"
    return f"{aliases}tags:\n  - {note.tags[0]}\n  - fiche/{note.tags[1]}\npublish: {str(not note.draft).lower()}"


def _hugo_front(page: Leaf) -> str:
    tags = json.dumps(list(dict.fromkeys(page.tags)), ensure_ascii=False)
    draft = str(page.draft).lower()
    if page.number % 3 == 0:
        return _block(f'title: "{page.title}"\ndate: {page.day}T09:00:00+02:00\ntags: {tags}\ndraft: {draft}')
    if page.number % 3 == 1:
        return f'+++\ntitle = "{page.title}"\ndate = {page.day}\ntags = {tags}\ndraft = {draft}\n+++\n'
    fields = {"title": page.title, "date": str(page.day), "tags": json.loads(tags), "draft": page.draft}
    return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"


def _dated(post: Leaf) -> str:
    folder, _slash, name = post.path.rpartition("/")
    return f"{folder}/{post.day}-{name}" if folder.startswith("_posts") else post.path


def _camel(title: str) -> str:
    return "".join(word.capitalize() for word in slugged(title).split("-"))
