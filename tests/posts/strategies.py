"""Posts as people write them, and as nobody should: Hypothesis strategies for Markdown with links of every kind.

Every known destination occurs in `TARGETS`, and no other text of a generated post holds a target's URL.
"""

from hypothesis import strategies as st

from koweb_sync.posts.dialect import LinkTarget

TARGETS = {
    "role.md": LinkTarget("/t/-/101"),
    "../bases/role.md#posture": LinkTarget("/t/-/102#posture-2"),
    "caf%C3%A9.md": LinkTarget("/t/-/103"),
    "a&amp;b.md": LinkTarget("/t/-/104"),
    "m(1).md": LinkTarget("/t/-/105"),
    "e\\_f.md": LinkTarget("/t/-/106"),
    "été.md": LinkTarget("/t/-/107"),
    "#ici": LinkTarget("#ici-1"),
    "fiche.pdf": LinkTarget("upload://fichefichefiche.pdf", "|attachment"),
    "img/cycle.png": LinkTarget("upload://cyclecyclecycle.png", "|690x388"),
    "schema.png": LinkTarget("upload://schemaschema.png", "|20x30"),
    "sans-taille.png": LinkTarget("upload://sanstaille.png"),
}
SPACED = {"deux mots.md": LinkTarget("/t/-/108"), "une image (1).png": LinkTarget("upload://uneimage.png", "|8x9")}
ALL = {**TARGETS, **SPACED}
UNKNOWN = ("inconnu.md", "https://example.org/a_(b)?c=d&e", "mailto:a@example.org", "upload://deja.png", "/t/-/999")

PAGES = [url for url in TARGETS if not url.endswith("png")]
IMAGES = [url for url in TARGETS if url.endswith("png")]

_plain = st.sampled_from(
    [
        "mot",
        "deux mots",
        "Qu’est-ce ?",
        "« oui »",
        "a\u00a0: b\u202f!",
        "e\u0301te\u0301 été",
        "👩🏽‍💻",
        ":wave:",
        "@claire",
        "#bases",
        "1 < 2",
        "&amp; &eacute;",
        "\\[pas un lien\\](role.md)",
        "*gras* et _it_",
        "~~non~~",
        "a\u2028b",
        "x_y_z",
        "\u200bzéro",
        "[crochets]",
        "[ ] à faire",
        "(parenthèse)",
        "!",
        "role.md",
        "<br>",
        "a\tb",
        "$x$",
        "snake_case",
        "2024-05-02",
    ]
)
_label = st.sampled_from(
    ["un mot", "**gras**", "`code`", "", "a \\] b", "l’été", "a [b] c", "nom.pdf", "x_y.pdf", "e\u0301"]
)
_title = st.sampled_from(["", ' "titre"', " 'titre'", " (titre)"])
_page = st.sampled_from([*PAGES, *UNKNOWN])
_image = st.sampled_from([*IMAGES, *UNKNOWN])
_names = st.sampled_from(["page", "Un Schéma", "[échappé\\]".removeprefix("["), "image"])


def _inline_links() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("[{}]({}{})".format, _label, _page, _title),
        st.builds("![{}]({}{})".format, _label, _image, _title),
        st.builds("[{}](<{}>{})".format, _label, st.sampled_from([*PAGES, *SPACED]), _title),
        st.builds("![{}](<{}>)".format, _label, st.sampled_from([*IMAGES, *SPACED])),
        st.builds("[![{}]({})]({})".format, _label, _image, _page),
        st.builds("![alt|{}]({})".format, st.sampled_from(["100x200", "690x388, 50%", "thumbnail"]), _image),
    )


def _other_links() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("[{}][{}]".format, _label, _names),
        st.builds("![{}][{}]".format, _label, _names),
        st.builds("[{}][]".format, _names),
        st.builds("[{}]".format, _names),
        st.builds('<img alt="x" src="{}">'.format, _image),
        st.builds("<a href='{}'>là</a>".format, _page),
        st.builds("<img src={}/>".format, _image),
        st.sampled_from(["<https://example.org>", "<a@example.org>", "https://example.org/role.md", "[^1]"]),
        st.builds("^[note {}]".format, _page),
    )


def _code() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("`[{}]({})`".format, _plain, _page),
        st.builds("``a ` ![x]({})``".format, _image),
        st.builds("<!-- [a]({}) <img src='{}'> -->".format, _page, _image),
        st.builds("`pas fermé [a]({})".format, _page),
    )


INLINE = st.one_of(_plain, _plain, _inline_links(), _other_links(), _code())
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
_lines = st.lists(LINE, min_size=1, max_size=3)


def _prefixed(mark: str, rest: str) -> st.SearchStrategy[str]:
    return _lines.map(lambda lines: "\n".join((rest if n else mark) + line for n, line in enumerate(lines)))


def _blocks() -> st.SearchStrategy[str]:
    code = st.builds("[a]({})\n\n    ![b]({})".format, _page, _image)
    return st.one_of(
        _lines.map("\n".join),
        *(_prefixed(mark, rest) for mark, rest in (("# ", ""), ("> ", "> "), ("> ", ""), ("- ", "  "), ("1. ", "   "))),
        *(
            _prefixed(mark, rest)
            for mark, rest in (("> - ", ">   "), ("- > ", "  > "), ("- - ", "    "), ("   ", "  "))
        ),
        *(_prefixed(mark, rest) for mark, rest in (("[^1]: ", "    "), ("    ", "    "), ("\t", "\t"), ("-\t", "\t"))),
        LINE.map("{}\n---".format),
        LINE.map("## {} ##".format),
        st.builds(
            "{}{}\n{}\n{}".format, st.sampled_from(["```", "~~~~", "> ```"]), st.just("md"), code, st.just("```")
        ),
        st.builds("[{}]: {}{}".format, _names, st.sampled_from([*PAGES, *IMAGES, *UNKNOWN]), _title),
        st.builds("[{}]:\n  <{}>".format, _names, st.sampled_from([*PAGES, *SPACED])),
        st.builds("| a | {} |\n|---|---|\n| {} | x \\| y {} |".format, *[LINE.filter(lambda x: "|" not in x)] * 3),
        st.builds('<div>\n<img src="{}">\n[a]({})\n</div>'.format, _image, _page),
        st.builds("<!--\n[a]({})\n-->".format, _page),
        st.builds("<pre>\n[a]({})\n\n</pre>".format, _page),
        st.sampled_from(
            ["---", "***", "https://example.org/role.md", "\\", "\ufeffmarque", "- [ ] tâche", "a\rb [c](role.md)\rd"]
        ),
    )


BBCODE = st.one_of(
    st.builds('[quote="claire, post:1, topic:2"]\n{}\n[/quote]'.format, LINE),
    st.builds('[details="Plus"]\n{}\n\n[/details]'.format, LINE),
    st.builds("[poll]\n* {}\n* b\n[/poll]".format, LINE),
    st.builds("[code]\n{}\n[/code]".format, LINE),
    st.builds("[img]{}[/img] et [img={}]".format, _image, _image),
    st.builds('[url={}]{}[/url] [url]{}[/url] [url="{}"]'.format, _page, LINE, _page, _page),
    st.builds('<video controls poster="{}">\n<source src={}>\n</video>'.format, _image, _image),
    st.builds("mot <audio><source type='a' src='{}'></audio> [code][img]{}[/img][/code]".format, _page, _image),
)
UNCLOSED = st.sampled_from(
    ["```\n[a](role.md)", "<!-- [a](role.md)", "> ~~~\n> ![a](schema.png)", "<script>\n<img src='role.md'>"]
)


def documents(blocks: st.SearchStrategy[str], ends: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Blocks with and without empty lines between them, with an end of their own."""
    body = st.lists(st.tuples(blocks, st.sampled_from(["\n\n", "\n\n", "\n", "\n\n\n", "  \n"])), max_size=6)
    return st.builds(lambda parts, end: "".join(block + gap for block, gap in parts) + end, body, ends)


_endings = st.sampled_from(["", "fin", "fin\n", "fin  \n\n", "fin\u00a0", "fin\u202f\n", "\n"])
_line_ends = st.sampled_from(["\n", "\n", "\r\n"])
CORE = documents(_blocks(), st.one_of(_endings, UNCLOSED))
"""Posts of Markdown alone, with LF."""

BODIES = st.builds(
    lambda text, end: text.replace("\n", end),
    documents(st.one_of(_blocks(), BBCODE), st.one_of(_endings, UNCLOSED)),
    _line_ends,
)
"""Posts with everything, with LF or CRLF."""

NOISE = st.lists(
    st.sampled_from(
        [*"[]()!<>`*_|#->:\\\"'^~=", " ", "\n", "\n\n", "\t", "    ", "\r", "\r\n", "\0", "\u00a0", "a", "role.md"]
    )
    | st.sampled_from(
        [
            "[a](role.md)",
            "![b](schema.png)",
            "[page]",
            "[page]: role.md",
            "```",
            "<img src=",
            "<a href='role.md'",
            "-->",
        ]
    ),
    max_size=30,
).map("".join)
"""Signs in any order."""

PIVOT = "pivot"


@st.composite
def with_pivot(draw: st.DrawFn) -> str:
    """A post in which one word of a paragraph, list or quote can be changed without touching its links."""
    before, after = draw(documents(_blocks(), st.just(""))), draw(BODIES)
    mark = draw(st.sampled_from(["", "- ", "> ", "## "]))
    line = f"{mark}{draw(_plain)} [a](role.md) « oui\u202f» {PIVOT} a\u00a0: ![b](schema.png) {draw(_plain)}"
    return f"{before}\n\n{line}\n\n{after}"
