"""No text takes long: whatever is repeated to the length of a whole post, it is read in time that grows as it does.

`python -m tests.benchmarks.texts` measures every command over many more of them.
"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import helpers
from markdown_it.rules_block.table import table as all_cells

from koweb_sync.errors import PostFileError
from koweb_sync.posts.dialect import VERBATIM, Agreed, Context, LinkTarget, destinations, from_raw, to_raw
from koweb_sync.posts.document import parse
from koweb_sync.posts.front import NODES_MAX
from koweb_sync.posts.link_labels import label_end
from koweb_sync.posts.lint import check
from koweb_sync.posts.markdown import find, may_hold, may_lead
from koweb_sync.posts.merge_files import combine
from koweb_sync.posts.reader import Notes, forget, read, reader, use_labels
from koweb_sync.posts.tables import table
from koweb_sync.sandbox import Sandbox
from tests.gate import fewer
from tests.workspace import PNG, TEXT, Clone

LENGTH = 32_000  # what Discourse takes in one post, as it is set up at first
GENEROUS = 4.0  # seconds of processor for what takes 0.2 to 0.8 on a machine that does nothing else
SIGNS = (
    "[",
    "]",
    "!",
    "^",
    "(",
    ")",
    "a",
    "`",
    "<",
    "*",
    "\\",
    "[a](b)",
    "[r]",
    "\n",
    "[^1]",
    "](",
    "](b)",
    "![",
    "[code]",
)


def seen(text: str, *, fast: bool) -> object:
    """What the parser makes of a text, with our way to the ends of labels or with markdown-it's own."""
    md = reader()
    forget()
    if not fast:
        vars(md).update(helpers=helpers)
    try:
        tokens, notes = read(text)
        return [token.as_dict() for token in tokens], [matches for _token, matches in notes.matches]
    finally:
        use_labels(md)


@given(st.lists(st.lists(st.sampled_from(SIGNS), max_size=12), min_size=1, max_size=6), st.data())
def test_a_block_that_was_read_before_is_read_as_anew(blocks: list[list[str]], data: st.DataObject) -> None:
    said = ["".join(signs) for signs in blocks]
    text = "\n\n".join([*said, "[r]: c"])
    changed = "\n\n".join([*data.draw(st.permutations(said)), data.draw(st.sampled_from(["[r]: d 'e'", "[s]: c", ""]))])
    forget()
    read(text)
    after, links = read(changed)
    forget()
    anew, same = read(changed)
    assert [token.as_dict() for token in after] == [token.as_dict() for token in anew]
    assert [found for _token, found in links.matches] == [found for _token, found in same.matches]


@given(
    st.lists(st.sampled_from(SIGNS), max_size=60),
    st.integers(0, 5).flatmap(lambda few: st.integers(0, 230) if few == 0 else st.just(0)),
)
def test_labels_end_where_markdown_it_ends_them(signs: list[str], opened: int) -> None:
    text = "[" * opened + "".join(signs) + "\n\n[r]: c\n"
    assert reader().helpers.parseLinkLabel is label_end
    assert seen(text, fast=True) == seen(text, fast=False)


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "![",
        "[^",
        "^[[",
        "[!",
        "[a](b)",
        "![a](b)",
        "[a](",
        "[a]: b\n",
        "<a@b.c>",
        "<a ",
        "<!--",
        "*a",
        "`a",
        "> a\n",
        "[img]b[/img]",
        "[url=b][/url]",
        "<a href=b>",
    ],
)
def test_a_text_of_one_construct_is_read_in_time(unit: str) -> None:
    text = (unit * LENGTH)[: fewer(LENGTH, 2)]
    targets = {"b": LinkTarget("/t/-/5")}
    forget()
    began = time.process_time()
    raw = to_raw(text, None, Context(targets))
    agreed = Agreed(text, raw, targets)
    to_raw(f"mot {text}", agreed, Context(targets))
    from_raw(f"mot {raw}", agreed, Context(targets))
    assert time.process_time() - began < GENEROUS * len(text) / LENGTH
    assert read.cache_info().misses <= 12


def test_front_matter_beyond_all_measure_is_named() -> None:
    keys = "".join(f"clé{n}: v\n" for n in range(NODES_MAX))
    with pytest.raises(PostFileError, match="keys and values") as error:
        parse("posts/un.md", f"---\ntitle: Un titre\nid: un\n{keys}---\n\nTexte\n".encode())
    assert error.value.line > NODES_MAX // 2


def test_many_changed_keys_are_merged_in_time() -> None:
    count = NODES_MAX // 2 - 10
    sides = [
        "---\ntitle: Un titre\nid: un\n" + "".join(f"k{n}: {value}{n}\n" for n in range(count)) + "---\n\nTexte\n"
        for value in ("a", "b", "c")
    ]
    other = sides[0].replace("title: Un titre", "title: Un autre").encode()
    base, ours, theirs = (side.encode() for side in sides)
    began = time.process_time()
    taken = combine("posts/un.md", (base, other, theirs), lambda *_sides: (b"", True))
    marked = combine("posts/un.md", (base, ours, theirs), lambda *_sides: (b"", True))
    assert time.process_time() - began < GENEROUS
    assert not taken.conflicts
    assert taken.data == theirs.replace(b"title: Un titre", b"title: Un autre")
    assert marked.data.count(b"<<<<<<< git\n") == count


def test_a_command_reads_each_text_of_a_post_once(here: Clone, box: Sandbox) -> None:
    """What is read: the file and what was agreed on, ours and the forum's, before and after links are translated."""
    text = ("[deux](deux.md) ![a](b.png) " * 40).strip()
    here.write("posts/b.png", PNG)
    here.post("deux")
    here.commit()
    here.push()
    here.post("un", f"{TEXT}\n\n{text}\n\nFin.")
    here.commit()
    counted = {word: parsed(here, word) for word in ("check", "push")}
    topic = box.by_id("un").id
    box.edit(topic, here.raw("un").replace("Fin", "La fin"), username="admin")
    counted |= {word: parsed(here, word) for word in ("fetch", "pull")}
    box.edit(topic, here.raw("un").replace(TEXT, f"{TEXT} Encore."), username="admin")
    here.reword("un", "La fin", "Et la fin")
    counted |= {word: parsed(here, word) for word in ("status", "plan", "sync")}
    assert "Et la fin" in here.raw("un")
    assert "Encore" in here.raw("un")
    most = {"check": 2, "push": 5, "fetch": 5, "pull": 6, "status": 7, "plan": 7, "sync": 16}
    assert {word: number for word, number in counted.items() if number > most[word]} == {}, counted


def parsed(here: Clone, word: str) -> int:
    """How many texts a command reads."""
    forget()
    find.cache_clear()
    here.run(word)
    return read.cache_info().misses


@given(
    st.lists(
        st.sampled_from(["|", "|", "a", "-", ":", "\\", " ", "`", "\n", "> ", "[a](b)", "|-|-|\n", "|a|b|\n", "- "]),
        max_size=60,
    )
)
def test_tables_hold_what_markdown_it_sees_in_them(signs: list[str]) -> None:
    text = "".join(signs)
    ours = [(one.content, one.map) for one in reader().parse(text, {"notes": Notes()}) if one.content]
    rules = reader().block.ruler
    try:
        rules.at("table", all_cells, {"alt": ["paragraph", "reference"]})
        assert ours == [(one.content, one.map) for one in reader().parse(text, {"notes": Notes()}) if one.content]
    finally:
        rules.at("table", table, {"alt": ["paragraph", "reference"]})


def test_a_table_ends_where_markdown_it_ends_it() -> None:
    head = "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n"
    text = head + "a\n" * 300
    inline = [token.content for token in reader().parse(text, {"notes": Notes()}) if token.type == "inline"]
    assert inline[300:] == ["a"] * 219 + ["\n".join(["a"] * 81)]


@given(
    st.lists(
        st.sampled_from(
            [
                *SIGNS,
                ":",
                "]:",
                "[^1]:",
                " ",
                "    ",
                "\t",
                "- ",
                "> ",
                "~~~",
                "1. ",
                "\r",
                "[/code]",
                "<a@b.c>",
                "<a href=b>",
                ">",
            ]
        ),
        max_size=30,
    )
)
def test_a_text_without_their_signs_holds_no_links_and_no_code(signs: list[str]) -> None:
    text = "".join(signs)
    links = find(text)
    assert may_lead(text) or not links.places
    assert may_hold(text) or not may_lead(text)
    assert may_lead(text) or not any(label.url for label in links.labels)
    kinds = {inner.type for token in links.tokens for inner in (token, *(token.children or ()))}
    assert may_hold(text) or not kinds & VERBATIM


def test_a_wide_table_over_short_rows_is_as_long_as_its_text() -> None:
    columns = LENGTH // 8
    text = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n" + "a\n" * columns
    assert len(reader().parse(text, {"notes": Notes()})) < len(text)


@pytest.mark.parametrize("unit", ["- a\n", "#\n", "[quote]\n", "[^1]: a\n", "[", "[a]("])
def test_a_text_that_cannot_lead_anywhere_is_not_read_at_all(unit: str) -> None:
    text = (unit * LENGTH)[:LENGTH]
    agreed = Agreed(text, text, {"b": LinkTarget("/t/-/5")})
    forget()
    assert to_raw(f"mot {text}", agreed, Context(agreed.targets)).rstrip() == f"mot {text}".rstrip()
    assert from_raw(f"mot {text}", agreed, Context(agreed.targets)).rstrip() == f"mot {text}".rstrip()
    assert destinations(text) == ()
    assert read.cache_info().misses == 0


@pytest.mark.parametrize(
    "unit", ["<!--", "<!-- a -->", "- a\n", "[", "|", "[[b]]", "# {#a}\n", "<p id=a ", "[x](a.b) "]
)
def test_a_text_of_one_construct_is_checked_in_time(unit: str) -> None:
    text = (unit * LENGTH)[:LENGTH]
    post = parse("posts/un.md", f"---\ntitle: Un titre assez long\nid: un\n---\n\n{text}\n".encode())
    began = time.process_time()
    assert all(problem.path == "posts/un.md" for problem in check([post], {}))
    assert time.process_time() - began < 1
