"""What people write, and what nobody should: every fault is named with its place, and nothing is half-written."""

import re
from pathlib import Path

import pytest

from koweb_sync.posts import title_emoji
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.cooking.emoji import in_title
from koweb_sync.sandbox.model.flavour import FLAVOURS
from tests.workspace import PNG, TEXT, Clone

ALL_COMMANDS = [("check",), ("status",), ("plan",), ("push",)]
BROKEN = {
    "bom": b"\xef\xbb\xbf---\ntitle: [\nid: sujet\n---\n" + TEXT.encode(),
    "crlf": b"---\r\ntitle: 'Un sujet\r\nid: sujet\r\n---\r\n" + TEXT.encode(),
    "list": b"---\n- title: Un sujet\n- id: sujet\n---\n" + TEXT.encode(),
    "yaml": b"---\ntitle: Un sujet: avec deux points\nid: sujet\n---\n" + TEXT.encode(),
    "twice": b"---\ntitle: Un sujet\ntitle: Un autre sujet\nid: sujet\n---\n" + TEXT.encode(),
    "bomb": b"---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: Un sujet\nid: sujet\n---\n" + TEXT.encode(),
    "open": b"---\ntitle: Un sujet\nid: sujet\n" + TEXT.encode(),
    "tag": b"---\ntitle: !!python/object/apply:os.system [id]\nid: sujet\n---\n" + TEXT.encode(),
    "untitled": b"---\nid: sujet\n---\n" + TEXT.encode(),
    "latin-1": "---\ntitle: Un sujet\nid: sujet\n---\nDéjà vu, encore une fois.".encode("latin-1"),
}


def test_p12_the_same_title_twice_names_both_files(here: Clone, box: Sandbox) -> None:
    here.post("premier", title="Choisir un outil ensemble")
    here.post("second", title="CHOISIR un outil ensemble")
    here.commit()
    checked = here.run("check", code=2)
    assert "posts/premier.md:2" in checked.out
    assert "posts/second.md:2" in checked.out
    box.forget()
    pushed = here.push(code=2)
    assert "posts/premier.md" in pushed.err
    assert "posts/second.md" in pushed.err
    assert here.writes() == []


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_p15_a_broken_file_is_named_and_its_topic_left_alone(here: Clone, box: Sandbox, fault: str) -> None:
    here.post("sujet")
    here.post("autre")
    here.commit()
    here.configure('withdraw = "delete"')
    here.commit()
    here.push()
    before = here.raw("sujet")
    here.write("posts/sujet.md", BROKEN[fault])
    here.post("nouveau")
    here.commit()
    box.forget()
    for words in ALL_COMMANDS:
        run = here.run(*words, code=None)
        assert run.code == (0 if words == ("status",) else 2), words  # a status is no verdict, as in git
        assert "posts/sujet.md" in run.text, words
    topic = box.by_id("sujet")
    assert (here.raw("sujet"), topic.visible, topic.closed, topic.deleted_at) == (before, True, False, None)
    assert here.published() == ["autre", "nouveau", "sujet"]


def test_p16_a_latin_1_file_is_named_with_its_byte_and_the_others_go_on(here: Clone) -> None:
    data = BROKEN["latin-1"]
    here.write("posts/ancien.md", data)
    here.post("moderne")
    here.commit()
    run = here.run("check", code=2)
    assert "posts/ancien.md" in run.out
    first = data.index(b"\xe9") + 1
    assert f"byte {first} " in run.out
    here.push(code=2)
    assert here.published() == ["moderne"]


@pytest.mark.parametrize(
    "image",
    ["../../secret.png", "/etc/passwd", "../../../../etc/passwd", "lien.png", "..\\..\\secret.png", "C:\\x.png"],
)
def test_p17_images_outside_of_the_repository_are_never_read(
    here: Clone, box: Sandbox, tmp_path: Path, image: str
) -> None:
    secret = b"\x89PNG un secret que personne ne doit lire"
    (tmp_path / "secret.png").write_bytes(secret)
    (here.folder.parent / "secret.png").write_bytes(secret)
    (here.folder / "posts").mkdir()
    (here.folder / "posts" / "lien.png").symlink_to(tmp_path / "secret.png")
    here.post("sujet", f"{TEXT}\n\n![une image]({image})")
    here.commit()
    checked = here.run("check", code=2)
    assert "posts/sujet.md:7" in checked.out
    pushed = here.push(code=2)
    assert "posts/sujet.md:7" in pushed.err
    assert box.uploads() == []
    assert not any(b"un secret" in one.body for one in box.log)
    assert here.published() == []


def test_p14_what_the_forum_would_refuse_is_named_before_the_first_write(here: Clone, box: Sandbox) -> None:
    here.post("court", title="Oups", path="posts/bases/court.md")
    here.post("etiquettes", tags=[f"étiquette-{n}" for n in range(9)])
    here.post("bref", "Trop bref.")
    here.write("posts/film.mkv", b"film")
    here.post("film", f"{TEXT}\n\n[un film](film.mkv)")
    here.write("posts/grand.png", PNG + bytes(10_000_000))
    here.post("grand", f"{TEXT}\n\n![une photo](grand.png)")
    here.post("ailleurs", category="nulle-part")
    here.post("bon")
    here.commit()
    run = here.push(code=2)
    first = [one.verb for one in box.log].index("POST")
    assert all(one.verb == "GET" for one in box.log[:first])
    places = {
        "posts/bases/court.md:2": "15",
        "posts/etiquettes.md:4": "5",
        "posts/bref.md": "20",
        "posts/film.md:7": "film.mkv",
        "posts/grand.md:7": "grand.png",
        "posts/ailleurs.md:4": "nulle-part",
    }
    for place, word in places.items():
        line = next(line for line in run.err.splitlines() if place in line)
        assert word in line.partition(place)[2], line
    assert here.published() == ["bon"]
    assert box.uploads() == []


def test_p14_a_category_where_the_author_may_not_start_topics(here: Clone, box: Sandbox) -> None:
    here.configure(username="bilal")
    here.post("annonce", category="annonces")
    here.post("bon")
    here.commit()
    run = here.push(code=2)
    assert "posts/annonce.md:4" in run.err
    assert "annonces" in run.err
    assert here.published() == ["bon"]


def test_a_symbolic_link_among_the_posts_is_not_followed(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "dehors.md").write_text(f"---\ntitle: Un texte du dehors\nid: dehors\n---\n{TEXT}\n")
    (here.folder / "posts").mkdir()
    (here.folder / "posts" / "lien.md").symlink_to(tmp_path / "dehors.md")
    here.commit()
    assert "posts/lien.md" in here.push(code=2).err
    assert here.published() == []


def test_a_file_without_an_id_gets_one_from_check_fix_and_nothing_else(here: Clone) -> None:
    front = "---\r\ntitle:   'Accueillir quelqu’un'   # bienvenue\r\ntags: [accueil]\r\n---\r\n"
    text = f"{front}\r\nBonjour à toutes et à tous !\r\n"
    here.write("posts/accueil.md", text)
    here.commit()
    assert "posts/accueil.md" in here.push(code=2).err
    here.run("check", "--fix")
    lines = here.read("posts/accueil.md").splitlines(keepends=True)
    added = [line for line in lines if line.startswith("id:")]
    assert len(added) == 1
    assert added[0].endswith("\r\n")
    assert "".join(line for line in lines if not line.startswith("id:")) == text


def test_a98_three_emoji_in_a_title_are_named_by_check_and_refused_by_the_forum(here: Clone, box: Sandbox) -> None:
    """Before: check was silent, and the sandbox took what a forum refuses with 422."""
    here.post("fete", title="🎉 Une fête 🎈 pour tout le monde :tada:")
    here.post("bon", title="🎉 Une fête pour tout le monde, à 10:30:45")
    here.commit()
    (told,) = (line for line in here.run("check").text.splitlines() if "emoji" in line)
    assert "posts/fete.md:2" in told
    assert "3 emoji" in told
    refused = here.push(code=2)
    assert here.published() == ["bon"]
    assert re.search("more than 1 emoji|plus de 1 émoji", refused.err), "the forum's own sentence"
    box.set(max_emojis_in_title=3)
    here.push()
    assert here.published() == ["bon", "fete"]


@pytest.mark.parametrize(
    ("title", "emoji"),
    [
        ("Trois 🎉🎉🎉 ici", 3),
        ("mot🎉 collé, et 🎉 seul", 1),
        ("à :tada: et :tada:, :+1:", 3),
        ("un :) et un :D puis ;)", 1),
        ("de 10:30:45 à :note:", 0),
        ("👩‍👩‍👧 famille 🇫🇷 drapeau 👍🏽 :wave:t3:", 4),
        ("© 2024 ™ ↔ ®", 0),
        ("(🙂) «🎉»", 1),
    ],
)
def test_a98_which_emoji_count_in_a_title(title: str, emoji: int) -> None:
    """As MaxEmojisValidator of Discourse counts them; check and sandbox do so each by itself."""
    assert (title_emoji.count(title), in_title(title, FLAVOURS["2025"])) == (emoji, emoji)
