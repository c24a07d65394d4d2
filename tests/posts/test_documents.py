"""Reading and writing post files: any bytes are read or refused with a place; writing changes one line."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koweb_sync.errors import PostFileError
from koweb_sync.posts.document import new_id, parse, template, with_key
from koweb_sync.safe_text import fits_one_line

LINES = st.sampled_from(
    [
        b"---",
        b"title: Un titre assez long",
        b"id: un-titre",
        b"tags: [a, b]",
        b"tags:\n- a\n- b",
        b"draft: true",
        b"# oui",
        b"topic: 12",
        b"created: 2024-05-02",
        b"\xff\xfe",
        b"a: &x 1",
        b"b: *x",
        b"\t- x",
        b"title: 'a",
        b"x: {y: [z]}",
        b"",
        b"\xef\xbb\xbf",
        b"...",
        b"--- ",
        b"%YAML 1.2",
        b"? a",
        b"?",
        b": b",
        b"? a # x: y",
        b'id: "\\u0000"',
        b"closed: oui",
        b"category: 3",
        b"\x00",
    ]
)
FILES = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda lines, end: end.join(lines), st.lists(LINES, max_size=9), st.sampled_from([b"\n", b"\r\n"])),
    st.builds(
        lambda lines, body: b"---\n" + b"\n".join(lines) + b"\n---\n" + body,
        st.lists(LINES, max_size=6),
        st.binary(max_size=60),
    ),
)


@given(FILES)
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    try:
        post = parse("posts/a.md", data)
    except PostFileError as error:
        assert error.where.startswith("posts/a.md")
        assert error.remedy
    else:
        assert post.front.title
        assert post.front.id


FRONTS = st.builds(
    lambda keys, end, body: end.join(["---", "title: 'Un titre'  # mon titre", *keys, "---", body]).encode(),
    st.lists(
        st.sampled_from(["tags: [a,   b]", "# un commentaire", "", "autre: «ici»", "draft:   false"]), unique=True
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.text(max_size=40).filter(lambda text: "\r" not in text and "\n" not in text),
)


@given(FRONTS, st.from_regex(r"[A-Za-z0-9_-]{1,44}", fullmatch=True))
def test_a_key_that_is_added_changes_nothing_else(data: bytes, ident: str) -> None:
    made = with_key("posts/a.md", data, "id", ident)
    assert parse("posts/a.md", made).front.id == ident
    added = [line for line in made.splitlines(keepends=True) if line not in data.splitlines(keepends=True)]
    assert len(added) == 1
    assert made.replace(added[0], b"", 1) == data


@given(st.text(min_size=1, max_size=120))
@example("\ufffe")
def test_any_title_gives_an_id_and_a_file_that_says_it(title: str) -> None:
    title = " ".join(title.split())
    ident = new_id(title)
    assert 1 <= len(ident) <= 44
    if not title:
        return
    data = template(title, ident, {"tags": ["été", "a: b"]}) + b"Le texte.\n"
    if not fits_one_line(title):
        with pytest.raises(PostFileError):
            parse("posts/a.md", data)
        return
    post = parse("posts/a.md", data)
    assert (post.front.title, post.front.id, post.front.tags) == (title, ident, ("été", "a: b"))


@pytest.mark.parametrize("keys", ["?", "? a", "? a # b: c", "{a}", "{a, b: c}", "a: b\n? c", "? a\nb: c"])
def test_a_key_without_a_colon_of_its_own_is_named(keys: str) -> None:
    with pytest.raises(PostFileError, match="no colon"):
        parse("posts/a.md", f"---\n{keys}\n---\nTexte\n".encode())


def test_a_key_on_two_lines_is_written_behind_its_own_colon() -> None:
    data = b"---\ntitle: Un titre\n? id # x: y\n: un\n---\nTexte\n"
    assert parse("posts/a.md", with_key("posts/a.md", data, "id", "deux")).front.id == "deux"


@pytest.mark.parametrize("ident", ["été", "a b", "", "x" * 45, "a/b"])
def test_ids_that_discourse_would_not_take(ident: str) -> None:
    with pytest.raises(PostFileError) as caught:
        parse("posts/a.md", f"---\ntitle: Un titre\nid: '{ident}'\n---\nTexte".encode())
    assert caught.value.where.startswith("posts/a.md")


def test_reading_a_post_file_looks_at_nothing_else_on_the_disk() -> None:
    """Before: ruamel.yaml looked for plug-ins for every file, which took almost as long as to read it."""
    code = (
        "import sys\n"
        "from koweb_sync.posts.document import parse\n"
        "text = b'---\\ntitle: Un\\nid: un\\n---\\n\\nUn texte.\\n'\n"
        "parse('un.md', text)\n"  # what is loaded once
        "seen = []\n"
        "sys.addaudithook(lambda event, _given: seen.append(event))\n"
        "parse('un.md', text)\n"
        "print(*(one for one in seen if one.startswith(('os.', 'glob.', 'open', 'import'))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == ""
