"""The laws of the dialect, for posts of every kind. N is what the server stores of a raw."""

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from koweb_sync.posts.dialect import Agreed, Context, destinations, from_raw, normalise, to_raw
from tests.gate import fewer
from tests.posts.strategies import ALL, BODIES, CORE, NOISE, PIVOT, with_pivot

CONTEXT = Context(ALL)
FOOTED = Context(
    ALL,
    footer="*Ce texte est versionné.* [Dépôt](https://example.org)",
    comment="<!-- koweb: a.md -->",
    home="https://forum.example.org/kafe",
)
contexts = st.sampled_from([CONTEXT, FOOTED, Context()])
thorough = settings(max_examples=fewer(250), deadline=None)
quick = settings(max_examples=fewer(100), deadline=None)


@thorough
@given(BODIES | NOISE, contexts)
def test_law_1_a_file_comes_back_byte_for_byte(body: str, context: Context) -> None:
    sent = to_raw(body, None, context)
    for raw in (sent, normalise(sent)):
        assert from_raw(raw, Agreed(body, raw, context.targets), context) == body


@quick
@given(BODIES | NOISE, BODIES | NOISE, contexts)
def test_law_2_a_forum_text_comes_back_as_the_server_stores_it(body: str, edited: str, context: Context) -> None:
    agreed = Agreed(body, normalise(to_raw(body, None, context)), context.targets)
    raw = normalise(to_raw(edited, None, context))
    for base in (agreed, None):
        mine = from_raw(raw, base, context)
        assert normalise(to_raw(mine, Agreed(mine, raw, context.targets), context)) == raw


@thorough
@given(CORE, contexts)
def test_law_2_holds_without_a_memory_of_the_raw(body: str, context: Context) -> None:
    raw = normalise(to_raw(body, None, context))
    assert normalise(to_raw(from_raw(raw, None, context), None, context)) == raw


@quick
@example("fin\u00a0", "[page]:\n  <role.md>\n\n")
@given(BODIES, BODIES)
def test_law_2_holds_for_any_edit_of_any_text(body: str, edited: str) -> None:
    """Whatever somebody makes of the text on the forum, the file that comes of it gives that text."""
    agreed = Agreed(body, normalise(to_raw(body, None, CONTEXT)), ALL)
    raw = normalise(to_raw(edited, None, CONTEXT))
    assert normalise(to_raw(from_raw(raw, agreed, CONTEXT), None, CONTEXT)) == raw


@thorough
@example("<a href='role.md'>\r<a href='role.md'")
@given(CORE | NOISE)
def test_law_3_only_destinations_and_sizes_change(body: str) -> None:
    raw = to_raw(body, None, CONTEXT)
    lines = re.sub(r"\r*\n", "\n", body)  # a raw has plain line ends, "\r\r\n" is one
    assert _seen(raw, {}) == _seen(lines.rstrip("\0 \t\r\n\f\v\u00a0\u202f"), {k: t.url for k, t in ALL.items()})


@quick
@given(BODIES | NOISE)
def test_law_3_without_known_destinations_nothing_changes(body: str) -> None:
    assert normalise(to_raw(body, None, Context())) == normalise(re.sub(r"\r*\n", "\n", body))


@thorough
@given(BODIES | NOISE, contexts)
def test_law_4_a_second_push_has_nothing_to_send(body: str, context: Context) -> None:
    agreed = Agreed(body, normalise(to_raw(body, None, context)), context.targets)
    assert to_raw(body, agreed, context) == agreed.raw
    assert to_raw(body, agreed, Context(context.targets, footer="Autre pied")) == agreed.raw


@quick
@given(with_pivot())
def test_law_4_an_edit_of_one_word_changes_only_that_word_on_the_forum(body: str) -> None:
    assume(_changeable(body))
    agreed = Agreed(body, normalise(to_raw(body, None, CONTEXT)), ALL)
    assert to_raw(body.replace(PIVOT, "autre chose"), agreed, CONTEXT) == agreed.raw.replace(PIVOT, "autre chose")


@quick
@given(with_pivot(), contexts)
def test_law_5_an_edit_of_one_word_on_the_forum_changes_only_that_word(body: str, context: Context) -> None:
    assume(_changeable(body))
    agreed = Agreed(body, normalise(to_raw(body, None, context)), context.targets)
    assert from_raw(agreed.raw.replace(PIVOT, "autre chose"), agreed, context) == body.replace(PIVOT, "autre chose")


def _changeable(body: str) -> bool:
    return body.count(PIVOT) == 1


_SUFFIXES = re.compile("|".join(re.escape(target.suffix) for target in ALL.values() if target.suffix))
_MD = MarkdownIt("js-default", {"html": True}).use(footnote_plugin)


def _seen(text: str, new: dict[str, str]) -> list[tuple[object, ...]]:
    """What plain markdown-it makes of a text: all tokens, with the destinations of `new` put in and sizes left out."""
    urls = {_MD.normalizeLink(unescapeAll(url)): to for url, to in new.items()}

    def seen(token: Token) -> tuple[object, ...]:
        attributes = {name: urls.get(str(value), value) for name, value in token.attrs.items()}
        content = token.content
        if token.type in ("html_inline", "html_block"):
            parts = re.split(r"(<!--.*?(?:-->|\Z)|<script.*)", content, flags=re.DOTALL)
            content = "".join(part if n % 2 else _html(part, new) for n, part in enumerate(parts))
        elif token.type in ("text", "image"):
            content = _SUFFIXES.sub("", content)
        elif token.type == "inline":
            content = ""
        children = [child for child in map(seen, token.children or []) if child[0] != "text" or child[3]]
        return token.type, token.map, attributes, content, children

    return [seen(token) for token in _MD.parse(text)]


def _html(html: str, new: dict[str, str]) -> str:
    """The same HTML with new destinations, uploads in links by their paths; a tag that never ends is none."""
    for name, short in (("src=", "upload://"), ("ref=", "/uploads/short-url/")):
        for url, to in new.items():
            here = to.replace("upload://", short)
            html = re.sub(rf"(?<={name})(['\"]?){re.escape(url)}(?=['\"> ])(?=[^>]*>)", rf"\1{here}", html)
    return html


def test_a_destination_is_found_whatever_its_label_says() -> None:
    for label in ("img", "IMG", "url", "img=x", "url x", "code", "quote", "x", "[img]"):
        for text in (f"![{label}](a.png)", f"[{label}](a.png)", f"[{label}][r]\n\n[r]: a.png\n", f"[{label}]: a.png\n"):
            if text != "[[img]]: a.png\n":
                assert [one.url for one in destinations(text)] == ["a.png"], text
