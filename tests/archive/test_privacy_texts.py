"""Names in texts: whoever is forgotten is nowhere named, and everything else keeps its bytes."""

import re
import time
import unicodedata
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koweb_sync.archive.names.aliases import Alias, ReplacedNames, always
from koweb_sync.archive.names.chat_quotes import chat_quotes
from koweb_sync.archive.names.erasures import KnownNames, erasure, names_by_mark, names_in_clear
from koweb_sync.archive.names.redact import redact
from koweb_sync.archive.names.running_text import places, places_in
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy.find_names import Sought
from koweb_sync.archive.privacy.names_in_bytes import BytesSought, forms
from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.model.flavour import FLAVOURS
from koweb_sync.sandbox.model.seed import load

SECRET = Secret(b"a secret of the tests alone", "https://forum.example")
MINE = Alias("former-member-3", "former-member-3")
KNOWN = KnownNames.of(["zoé.k"], ["Zoé Kervella", "zoé.k"], ["Zoé Kervella", "zoé.k"])
NAMES = names_in_clear([(KNOWN, MINE, False)])
SOUGHT = Sought(["zoé.k", "Zoé Kervella"])

SAID = (
    "@zoé.k",
    "@ZOÉ.K,",
    '[quote="zoé.k, post:3, topic:5"]\n',
    '[quote="Zoé Kervella, post:3, topic:5, username:zoé.k"]\n',
    "[quote=zoé.k]\n",
    "/u/zoé.k/summary",
    "https://forum.example/u/zo%C3%A9.k.json",
    "https://forum.example/t/x/3?u=zoé.k",
    '<a class="mention" href="/u/zo%C3%A9.k">@zoé.k</a>',
    '<img src="/user_avatar/forum.example/zoé.k/48/3_2.png" class="avatar" alt="zoé.k" title="Zoé Kervella">',
    '<aside class="quote no-group" data-username="zoé.k" data-post="1"><div class="title">\n Zoé Kervella:</div>\n'
    "<blockquote><p>oui</p></blockquote></aside>",
    "Zoé Kervella",
    "ZOE KERVELLA",
    "zoe-kervella",
    unicodedata.normalize("NFD", "Zoé Kervella"),
)
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_characters="kK%&\0", exclude_categories=["Cs"]), max_size=30
)  # without a K no name comes about by chance
PIECES = st.lists(st.tuples(LETTERS, st.sampled_from(SAID)), max_size=6)


@given(PIECES, LETTERS)
@example([("a", "@zoé.k")], ".b")
def test_whoever_is_forgotten_is_nowhere_named_and_doing_it_again_changes_nothing(
    pieces: list[tuple[str, str]], end: str
) -> None:
    text = "".join(f"{before} {said} " for before, said in pieces) + end
    new = redact(text, NAMES)
    assert list(SOUGHT.within(new)) == []
    assert redact(new, NAMES) == new


@given(st.text(max_size=300))
@example("Une zone zoée, @zoé.kervella et kervella@zoé.example")
@example('<aside class="quote" data-username="amina"><div class="title">\n zoé:</div><blockquote></blockquote></aside>')
@example('[quote="amina, post:1, topic:2"]\nah\n[/quote]')
def test_a_text_that_names_nobody_keeps_every_byte(text: str) -> None:
    if not list(SOUGHT.within(text)):
        assert redact(text, NAMES) == text


@given(PIECES, LETTERS)
def test_marks_find_the_same_names_as_the_names_themselves(pieces: list[tuple[str, str]], end: str) -> None:
    text = "".join(f"{before} {said} " for before, said in pieces) + end
    marked = erasure(3, "keep", MINE, KNOWN, SECRET, 0)
    assert "zo" not in repr(marked.marks)
    assert redact(text, names_by_mark([marked], SECRET)) == redact(text, NAMES)


@given(st.lists(st.tuples(LETTERS, st.sampled_from(("@zoé.k", "Zoé Kervella"))), max_size=5), LETTERS)
def test_only_the_names_change(pieces: list[tuple[str, str]], end: str) -> None:
    text = "".join(f"{before} {said} " for before, said in pieces) + end
    expected = "".join(f"{before} {'@' if said[0] == '@' else ''}{MINE.username} " for before, said in pieces) + end
    assert redact(text, NAMES) == expected


@pytest.mark.parametrize("name", ["<b>Zoé</b>", 'Zoé" title="', "Zoé & fils", "Zoé, [lien]", "Zoé\nune"])
def test_a_name_that_somebody_chose_never_becomes_markup(name: str) -> None:
    now = Alias("zoe2", name)
    text = redact(" ".join(SAID), names_in_clear([(KNOWN, now, False)]))
    assert now.name == "zoe2"
    assert name not in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("mail zoé.k@mail.example", f"mail {MINE.username}@mail.example"),
        ("@zoé.kerv et @zoé.k2", "@zoé.kerv et @zoé.k2"),
        ("@zoé.k.", f"@{MINE.username}."),
        ("_@zoé.k_", f"_@{MINE.username}_"),
        ("(/u/zoé.k)", f"(/u/{MINE.username})"),
        ("`@zoé.k`", f"`@{MINE.username}`"),
        ("Kervella, Zoé", "Kervella, Zoé"),
    ],
)
def test_words_begin_and_end_where_a_reader_sees_it(before: str, after: str) -> None:
    assert redact(before, NAMES) == after


def test_quoted_words_go_with_those_who_wanted_their_texts_removed() -> None:
    names = names_in_clear([(KnownNames.of(["claire"], ["Claire"]), MINE, True)])
    raw = '[quote="claire, post:1"]\nun\n[quote="bob, post:2"]\ndeux\n[/quote]\ntrois\n[/quote]\nquatre'
    assert redact(raw, names) == '[quote="former-member-3, post:1"]\n…\n[/quote]\nquatre'
    assert redact(redact(raw, names), names) == redact(raw, names)


@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_raw_and_cooked_say_the_same_afterwards(flavour: str) -> None:
    state = load(None, lambda: 0.0, cook, FLAVOURS[flavour])
    raw = 'Merci @claire !\n\n[quote="claire, post:1, topic:2"]\nOui.\n[/quote]\n\nVoir /u/claire et [elle](/u/claire).'
    names = names_in_clear([(KnownNames.of(["claire"], ["Claire Moreau", "claire"]), MINE, False)])
    post = replace(next(iter(state.posts.values())), raw=raw)
    cooked = cook(state, post)
    assert "claire" in cooked
    assert not re.search("claire", redact(cooked, names), re.IGNORECASE)
    assert not re.search("claire", redact(raw, names), re.IGNORECASE)


@pytest.mark.parametrize(
    "piece", ["[quote=", '<aside data-username="', "<img avatar alt=", "@a.", "%C3", "/u/", "zoé "]
)
def test_hostile_texts_take_no_longer_than_others(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert redact(text, NAMES) == text


def test_nobody_is_looked_for_where_nobody_was_forgotten() -> None:
    assert redact("@claire", ReplacedNames()) == "@claire"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Merci à Claire&nbsp;Moreau !</p>",
        "<b>CLAIRE</b> Moreau, et Cl\u00e0ire",
        "/u/cla%C3%AFre et %43laire",
        "&eacute;Claire, ＣＬＡＩＲＥ",
        "https://x.example/u?q=%20Claire%20Moreau&u=_claire_",
        "d’une clairière, éclaire, clairement",
        "Cla\u0301ire <i>x</i> claire-moreau < claire",
        "Anna\u00a0Åström <br> ANNA A\u030astro\u0308m, Anna &#197;ström",
    ],
)
def test_a_text_is_searched_in_parts_as_it_would_be_as_a_whole(text: str) -> None:
    wanted = Sought(["claire", "Claire Moreau", "Anna Åström"])
    as_a_whole = [(start, end) for start, end, _alias in places(text, wanted.names)]
    assert list(places_in(text, wanted.names)) == as_a_whole
    assert len(list(wanted.within(text))) == len(as_a_whole)


WORDS = ("claire", "Claire", "CLAIRE", "cla\u0301ire", "cl%C3%A1ire", "Moreau", "moréau", "MOREAU", "7", "&#77;oreau")
BETWEEN = (
    " ",
    "-",
    "’",
    "%20",
    "&nbsp;",
    "<b>",
    " \u0301 ",
    "%CC%81",
    "/",
    "  ",
    "x",
    " former-member-3",
    "&amp;",
    "%",
    '"',
    "\u00a0",
    "\n",
)
LOOKED_FOR = Sought(["claire", "Claire Moreau", "Moreau 7"])


@given(st.lists(st.sampled_from(WORDS + BETWEEN), max_size=9).map("".join))
@example("former-member-3Moreau 7")
@example("personne-partie-3Moreau 7")
@example("%2fclaire")
def test_no_place_of_a_text_is_passed_over_that_says_a_name(text: str) -> None:
    assert len(list(LOOKED_FOR.within(text))) == len(list(places(text, LOOKED_FOR.names)))


# ---- the quick look at a text before it is read with care

ODD = ("degas.k", "Dean Martin", "Ñoño", "Åström Ωmega", "straße", "ﬁona", "К.Лев", "김민수", "zoé.k", "Zoé Kervella")
ODD_KNOWN = KnownNames.of(ODD[::2], ODD, ODD)
QUICK = names_in_clear([(ODD_KNOWN, MINE, True)])
CAREFUL = replace(QUICK, possible=always)
SIGNS = (
    *("@", "%40", "/u/", "?u=", "[quote=", '[quote="', '"]', ", post:3, topic:5", ", username:", "]", "[/quote]", "%"),
    *(
        "&",
        "&amp;",
        "&nbsp;",
        "%20",
        "&#39;",
        "%C3",
        "%A9",
        "&de",
        "<",
        ">",
        '"',
        " ",
        "\n",
        "\u00a0",
        "\u2028",
        "-",
        ".",
    ),
    *(
        '<a class="mention" href="/u/',
        '<aside class="quote" data-username="',
        '<div class="title">',
        ":</div>",
        "\u0301",
    ),
    *('<img class="avatar" alt="', '" title="', "former-member-3", "<blockquote>", "</blockquote>", "_", "x", "7", "é"),
)


def spelt(name: str) -> list[str]:
    """A name in the ways in which texts may write it."""
    cased = (name, name.upper(), name.lower(), name.casefold(), name.title())
    forms = [unicodedata.normalize(form, one) for one in cased for form in ("NFC", "NFD", "NFKD")]
    whole = [*forms, *map(quote, forms), *("".join(f"&#{ord(letter)};" for letter in one) for one in forms)]
    return [*whole, *(one.replace(" ", "&nbsp;") for one in forms), *(one.replace(" ", "-") for one in forms)]


WRITTEN = st.sampled_from(sorted({form for name in ODD for form in spelt(name)}))


@given(st.lists(WRITTEN | st.sampled_from(SIGNS) | st.text(max_size=3), max_size=10).map("".join))
@example("100%Dean Martin")
@example("Manet&degas.k, &degas.k")
@example("%ca%C3%B1o%C3%B1o &amp;%C3%91o&ntilde;o")
@example("/u/%C3%B1o%C3%B1o?u=stra%C3%9Fe")
def test_the_quick_look_passes_over_no_text_that_names_somebody(text: str) -> None:
    assert redact(text, QUICK) == redact(text, CAREFUL)


def test_the_quick_look_passes_over_a_text_that_says_only_a_part_of_a_name() -> None:
    names = names_in_clear([(KnownNames.of(["cl.moreau"], ["Claire Moreau"], ["Claire Moreau"]), MINE, False)])
    for text in ("Une idée claire, à l’été.", "clairement", "Moreau &amp; Cie", "https://x.example/claire%20comme"):
        assert not names.possible(text)
    for text in ("Moreau, Claire", "CLAIRE-MORÉAU", "claire%20m%C3%B6reau", "<b>Claire</b> de M. ou Mme Moreau"):
        assert names.possible(text)


# ---- names in bytes


@given(
    st.lists(st.sampled_from(["a", "B", "ab", "é", "Éa", "ba a", "ǅ", "a%C3"]), min_size=1, max_size=4),
    st.lists(st.sampled_from([b"a", b"A", b"b", "é".encode(), "É".encode(), b"%c3", b"%A9", b" ", b"\xcc\x81"])),
)
def test_each_place_in_bytes_is_found_as_by_one_pattern_of_all_forms(names: list[str], pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    known = sorted({form for name in names for form in forms(name)}, key=lambda form: (-len(form), form))
    pattern = re.compile(b"|".join(map(re.escape, known)), re.IGNORECASE)
    sought = BytesSought(known)
    assert list(sought.spans(data)) == [found.span() for found in pattern.finditer(data)]
    assert sought.stand_in(data) == (pattern.search(data) is not None)
    assert sought.are(data) == (pattern.fullmatch(data) is not None)


CHAT_RAW = '[chat quote="{name};12;2026-09-01T08:00:00Z" channel="Quai" channelId="2"]\n{text}\n[/chat]\n\nmerci\n'
CHAT_COOKED = (
    '<div class="chat-transcript" data-message-id="12" data-username="{name}" data-channel-id="2">\n'
    '<div class="chat-transcript-user">\n<div class="chat-transcript-user-avatar"></div>\n'
    '<div class="chat-transcript-username">\n{name}</div>\n</div>\n'
    '<div class="chat-transcript-messages">\n{text}\n</div></div>\n<p>merci</p>'
)


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize(("form", "said"), [(CHAT_RAW, "oui"), (CHAT_COOKED, "<p>oui</p>")])
def test_who_is_quoted_out_of_chat_is_forgotten_there(form: str, said: str, gone: bool) -> None:
    known = KnownNames.of(["zoé.k"], [], [])
    names = names_in_clear([(known, MINE, gone)])
    new = redact(form.format(name="zoé.k", text=said), names)
    left = ("…" if form == CHAT_RAW else "\n<p>…</p>\n") if gone else said
    assert "".join(new.split()) == "".join(form.format(name=MINE.username, text=left).split())
    assert redact(new, names) == new
    other = form.format(name="amina", text=said)
    assert redact(other, names) == other


THREAD_RAW = (
    '[chat quote="zoé.k;12;2026-09-01T08:00:00Z" channel="Quai" threadId="3" threadTitle="Goûter"]\noui\n[/chat]'
)
THREAD_COOKED = (
    '<details><summary><div class="chat-transcript-thread"><div class="chat-transcript-thread-header">'
    '<span class="chat-transcript-thread-header__title">Goûter</span></div></div>'
    f"{CHAT_COOKED.format(name='{name}', text='<p>oui</p>')}</summary>"
)


@pytest.mark.parametrize(("author", "gone", "there"), [("zoé.k", True, 1), ("zoé.k", False, 2), ("amina", True, 2)])
def test_the_title_of_a_thread_goes_with_what_its_author_said(author: str, gone: bool, there: int) -> None:
    """A quote of somebody else's thread keeps its title."""
    names = names_in_clear([(KnownNames.of(["zoé.k"], [], []), MINE, gone)])
    other = THREAD_COOKED.format(name="amina")
    for form, kept in ((THREAD_RAW.replace("zoé.k", author), other), (THREAD_COOKED.format(name=author), other)):
        new = chat_quotes(f"{kept}{form}{kept.replace('Goûter', 'Quai')}", names)
        assert new.count("Goûter") == there and new.count("Quai") >= 1
        assert chat_quotes(new, names) == new


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("opened", [CHAT_RAW.partition("\n")[0], CHAT_COOKED.partition("\n")[0]])
def test_quotes_that_are_never_closed_take_no_time(opened: str, gone: bool) -> None:
    names = names_in_clear([(KnownNames.of(["zoé.k"], [], []), MINE, gone)])
    begun = time.process_time()
    chat_quotes(opened.format(name="zoé.k") * 4_000, names)
    assert time.process_time() - begun < 5
