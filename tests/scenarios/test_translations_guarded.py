"""Translations that people changed on the forum: nothing of theirs is lost, and what git decides is published."""

import pytest

from koweb_sync.posts.translation import LOCALES, beside, named
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sync.world.trailers import TRAILER, translation_name
from tests.gate import in_turn
from tests.scenarios.test_translations import ENGLISH, both, english, post_of
from tests.workspace import GUESSED, TEXT, Clone, translating

on_listing = pytest.mark.parametrize("box", [GUESSED], indirect=True)
CLAIRE = "Claire's own English, long enough to be one."
TITLE = "A topic called un"


def rewritten(box: Sandbox, raw: str, title: str = TITLE, *, locale: str = "en", by: str = "claire") -> None:
    """Somebody, or a machine (""), puts the topic into a language on the forum."""
    box.translate(box.by_id("un").id, locale, title, raw, username=by)


@on_listing
@pytest.mark.parametrize(
    "locale",
    ["../../evil", "de/x/AGENTS", "de\\..\\x", "de\nX-Other: yes", "de\u202e", "x" * 300, "eo", "EN", "en_US", ""],
)
def test_only_a_language_that_discourse_knows_becomes_a_file(here: Clone, box: Sandbox, locale: str) -> None:
    translating(box)
    both(here)
    here.post("deux")
    here.commit()
    here.push()
    rewritten(box, "Alia teksto, sufice longa.", "Alia titolo", locale=locale)
    box.edit(box.by_id("deux").id, raw="Un autre texte, assez long pour le forum.", username="claire")
    files = here.git("ls-files")
    told = here.run("pull")
    assert "does not know" in told.text
    assert here.git("ls-files") == files
    assert "Un autre texte" in here.read("posts/deux.md"), "nothing else is held back"
    assert "X-Other" not in here.git("log", "--format=%B")


def test_a_file_of_each_language_tells_its_language() -> None:
    for locale in LOCALES:
        assert named(beside("posts/un.md", locale)) == ("posts/un.md", locale)


@on_listing
def test_a_language_forges_no_trailer(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    here.post("deux")
    here.commit()
    here.push()
    here.share()
    two = box.by_id("deux").id
    box.edit(two, raw=CLAIRE, username="claire")
    other = here.clone("other")
    other.run("pull")
    honest = next(one for one in other.git("log", "-1", "--format=%B").splitlines() if one.startswith("Koweb-Forum:"))
    rewritten(box, "Ein deutscher Text, lang genug.", "Ein Thema", locale=f"de\n{honest}\nX: y")
    here.run("pull", "--only", "posts/un.md", code=None)
    told = here.git("log", "--format=%(trailers:key=Koweb-Forum)%(trailers:key=X)")
    assert honest not in told
    assert "X: y" not in told
    here.post("deux", "Mon autre texte, assez long pour le forum.")
    here.commit()
    here.push(code=None)
    assert here.raw("deux") == CLAIRE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_trailer_is_one_line_whatever_is_in_it(end: str) -> None:
    forged = f"de{end}{TRAILER}: kafe/11@abc{end}{end}X: y"
    name = translation_name("kafe", 10, (forged, f"A title{end}X: y"), CLAIRE, "")
    assert name.splitlines() == [name]
    assert name.startswith(f"kafe/10.de {TRAILER}: kafe/11@abc X: y@")


@on_listing
@pytest.mark.parametrize("withdraw", [True, False])
def test_a_title_that_somebody_chose_is_not_taken_away(here: Clone, box: Sandbox, withdraw: bool) -> None:
    translating(box)
    both(here)
    rewritten(box, ENGLISH, "A title that claire thought about")
    here.configure('withdraw = "delete"\n')
    if withdraw:
        here.git("rm", "-q", "posts/un.en.md")
    else:
        english(here)
    here.commit()
    here.push("--yes", code=3)
    assert box.by_id("un").translations["en"] == "A title that claire thought about"
    assert post_of(here).translations["en"].raw == ENGLISH


@on_listing
@pytest.mark.parametrize(("title", "retitled"), in_turn([TITLE, "A title that claire chose"], [False, True]))
def test_what_is_put_back_in_git_is_put_back_on_the_forum(
    here: Clone, box: Sandbox, retitled: bool, title: str
) -> None:
    translating(box)
    both(here)
    rewritten(box, CLAIRE, title)
    here.run("pull")
    here.git("revert", "--no-edit", "HEAD")
    if retitled:
        english(here, title="A title of our own")
        here.commit()
    here.push()
    assert post_of(here).translations["en"].raw == ENGLISH
    assert box.by_id("un").translations["en"] == ("A title of our own" if retitled else TITLE)
    box.forget()
    here.push()
    assert not box.log, "it is agreed on now"
    rewritten(box, CLAIRE, title)
    here.run("pull")
    assert CLAIRE in here.read("posts/un.en.md"), "the same edit, made once more, is a new one"


@on_listing
@pytest.mark.parametrize("by", ["claire", ""])
def test_what_git_holds_or_a_machine_wrote_can_be_taken_away(here: Clone, box: Sandbox, by: str) -> None:
    translating(box)
    both(here)
    rewritten(box, CLAIRE, by=by)
    here.run("pull")
    here.configure('withdraw = "delete"\n')
    here.git("rm", "-q", "posts/un.en.md")
    here.commit()
    here.push("--yes")
    assert not post_of(here).translations
    assert not box.by_id("un").translations


@on_listing
def test_a_translation_that_git_lacks_is_brought_and_then_taken_away(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    rewritten(box, CLAIRE)
    here.configure('withdraw = "delete"\n')
    here.git("rm", "-q", "posts/un.en.md")
    here.commit()
    assert "koweb pull" in here.push("--yes", code=3).text
    assert post_of(here).translations["en"].raw == CLAIRE
    here.run("pull")
    assert CLAIRE in here.read("posts/un.en.md"), "what is said helps"
    here.git("rm", "-q", "posts/un.en.md")
    here.commit()
    here.push("--yes")
    assert not post_of(here).translations
    assert CLAIRE in here.git("log", "-p", "--", "posts/un.en.md")


@on_listing
def test_a_title_beside_a_machine_s_text_stays(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    rewritten(box, "A machine's text, long enough.", "A title that claire chose", by="")
    here.reword("un", "long enough", "short", path="posts/un.en.md")
    here.push()
    assert box.by_id("un").translations["en"] == "A title that claire chose"


@on_listing
def test_a_title_that_is_gone_on_the_forum_comes_back_with_the_text(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    box.by_id("un").translations.pop("en")
    here.reword("un", "long enough", "short", path="posts/un.en.md")
    here.push()
    assert box.by_id("un").translations["en"] == TITLE
    assert here.raw("un") == TEXT


@on_listing
def test_a_translation_without_its_original_becomes_no_post(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    here.git("mv", "posts/un.md", "posts/deux.md")
    here.commit()
    before = here.read("posts/un.en.md")
    told = here.run("check", "--fix", code=None)
    assert "posts/un.en.md" in told.text
    assert "--fix" not in told.text
    assert here.read("posts/un.en.md") == before
    here.push("--yes", code=None)
    assert here.published() == ["un"]
    assert post_of(here).translations["en"].raw == ENGLISH


@on_listing
@pytest.mark.parametrize("refused", ["here", "there", ""])
def test_a_translation_goes_only_once_its_file_is_a_post(here: Clone, box: Sandbox, refused: str) -> None:
    translating(box)
    both(here)
    here.configure('withdraw = "delete"\n')
    more = {"category": "nowhere"} if refused == "here" else {}
    here.post("un-en", "An English post, long enough.", path="posts/un.en.md", title="An English post", **more)
    if refused == "there":
        no = b'{"errors":["No."]}'
        box.fail(Fault("status", "POST", "^/posts", status=422, body=no, content_type="application/json", times=9))
    here.commit()
    here.push("--yes", code=0 if not refused else None)
    assert ("un-en" in here.published()) == (not refused)
    assert list(post_of(here).translations) == (["en"] if refused else [])


BEGUN = """---
title: A topic called un
---

<!-- koweb: original
Un.
-->

A first sentence that both have.

<!-- koweb: original
Deux.
-->

{middle}

<!-- koweb: original
Trois.
-->

{last}
"""
SECOND, LAST = "A second sentence of claire's.", "A last sentence that both have."


@on_listing
@pytest.mark.parametrize(
    ("middle", "last", "there", "conflict"),
    [
        ("A second sentence.", LAST, [SECOND, LAST], True),
        (SECOND, LAST, [SECOND, LAST], False),
        ("", "", [SECOND, LAST], False),
        (SECOND, LAST, [SECOND], False),
        (SECOND, "", [SECOND, LAST], False),
    ],
)
def test_a_translation_begun_on_both_sides_is_merged_line_by_line(
    here: Clone, box: Sandbox, middle: str, last: str, there: list[str], conflict: bool
) -> None:
    translating(box)
    here.post("un", "Un.\n\nDeux, assez long pour le forum.\n\nTrois.")
    here.commit()
    here.push()
    first = "A first sentence that both have."
    rewritten(box, "\n\n".join([first, *there]))
    here.write("posts/un.en.md", BEGUN.format(middle=middle, last=last))
    here.commit()
    here.push(code=None)
    here.run("pull", code=3 if conflict else 0)
    whole = BEGUN.format(middle=SECOND, last=LAST)
    if conflict:
        both_sides = f"<<<<<<< git\n{middle}\n=======\n{SECOND}\n>>>>>>> forum"
        assert here.read("posts/un.en.md") == BEGUN.format(middle=both_sides, last=last)
        here.write("posts/un.en.md", whole)
        here.git("add", "posts/un.en.md")
        here.run("pull", "--continue")
    assert here.read("posts/un.en.md") == whole
    here.push()
    assert post_of(here).translations["en"].raw == f"{first}\n\n{SECOND}\n\n{LAST}"
    head = here.git("rev-parse", "HEAD")
    box.forget()
    here.push()
    here.run("pull")
    assert not here.writes()
    assert here.git("rev-parse", "HEAD") == head


@on_listing
def test_where_people_may_translate_their_own_alone_the_others_are_told_once(here: Clone, box: Sandbox) -> None:
    translating(box)
    box.set(content_localization_allowed_groups="1", content_localization_allow_author_localization=True)
    here.configure(username="bilal")
    files = []
    for name in ("avant", "bien avant"):
        topic = box.new_topic(f"Un sujet que claire ouvrit {name}", TEXT, category=2)
        topic.locale = box.first_post(topic.id).locale = "fr"
        here.run("adopt", str(topic.id))
        files += [one for one in here.git("ls-files", "posts").splitlines() if one not in files]
    for path in files:
        here.write(path.replace(".md", ".en.md"), f"---\ntitle: Claire's\n---\n\n{ENGLISH}\n")
    here.post("z-sien")
    english(here, "z-sien", title="One of my own")
    here.commit()
    told = here.push(code=None)
    assert told.text.count("content_localization_allow_author_localization") == 1
    assert (post_of(here, "z-sien").translations["en"].raw, box.by_id("z-sien").translations) == (
        ENGLISH,
        {"en": "One of my own"},
    )
    assert [one.status for one in box.log if one.path == "/post_localizations/create_or_update.json"] == [403, 201]
    box.forget()
    here.push(code=None)
    assert [one.status for one in box.log if one.path == "/post_localizations/create_or_update.json"] == [403]


@on_listing
@pytest.mark.parametrize("edited", [True, False])
def test_a_branch_that_lags_behind_takes_no_translation_away_and_writes_over_none(
    here: Clone, box: Sandbox, edited: bool
) -> None:
    translating(box)
    here.configure('withdraw = "delete"\n')
    here.post("un")
    if edited:
        english(here, title=TITLE)
    here.commit()
    here.share()
    behind = here.clone("behind")
    english(here, "un", CLAIRE, title=TITLE)
    here.commit()
    here.push()
    if edited:
        english(behind, "un", "What somebody changes without the newest commits.", title=TITLE)
    behind.post("deux")
    behind.commit()
    told = behind.push("--yes", code=None)
    assert told.code
    assert "posts/un.en.md" in told.text
    assert post_of(here).translations["en"].raw == CLAIRE
    assert box.by_id("un").translations == {"en": TITLE}
