"""Translations beside their originals: published once, never over somebody's, taken away by the policy."""

import signal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koweb_sync.git.repo import Repo, Sha
from koweb_sync.sandbox import Fault, Sandbox
from koweb_sync.sandbox.model.records import PostRecord
from tests.forks import Forked
from tests.gate import fewer, in_every, spread
from tests.workspace import FLAVOURS, GUESSED, PNG, TEXT, Clone, translating

on_translating = pytest.mark.parametrize("box", [*FLAVOURS[1:], in_every(GUESSED)], indirect=True)
ENGLISH = "A text that is long enough in English, too."


def english(here: Clone, ident: str = "un", body: str = ENGLISH, *, title: str = "", code: str = "en") -> str:
    """A translation of a post file; its path."""
    path = f"posts/{ident}.{code}.md"
    line = f"title: {title}\n" if title else ""
    here.write(path, f"---\n{line}---\n\n{body}\n")
    return path


def both(here: Clone, ident: str = "un") -> None:
    """A post in two languages, published."""
    here.post(ident)
    english(here, ident, title=f"A topic called {ident}")
    here.commit()
    here.push()


def post_of(here: Clone, ident: str = "un") -> PostRecord:
    """The first post."""
    return here.box.first_post(here.box.by_id(ident).id)


@on_translating
def test_twenty_posts_in_two_languages(here: Clone, box: Sandbox) -> None:
    translating(box)
    for number in range(20):
        here.post(f"sujet-{number}")
        english(here, f"sujet-{number}", title=f"A topic called {number}")
    here.commit()
    box.forget()
    here.push()
    assert len(box.log) <= 3 * 20 + 5
    for number in range(20):
        topic = box.by_id(f"sujet-{number}")
        post = box.first_post(topic.id)
        assert (topic.locale, topic.translations) == ("fr", {"en": f"A topic called {number}"})
        assert [(one.locale, one.raw) for one in post.translations.values()] == [("en", ENGLISH)]
    assert len(here.published()) == 20, "no translation is a topic of its own"
    box.forget()
    here.push()
    assert not box.log
    here.reword("sujet-7", "long enough", "short", path="posts/sujet-7.en.md")
    here.push()
    topic = box.by_id("sujet-7")
    assert here.writes() == ["POST /post_localizations/create_or_update.json"]
    asked = [one.path for one in box.log if one.verb == "GET"]
    assert asked == [f"/post_localizations/{box.first_post(topic.id).id}.json"]
    assert "short" in box.first_post(topic.id).translations["en"].raw


@on_translating
def test_an_original_without_a_language_gets_one(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un")
    here.commit()
    here.push()
    english(here)
    here.commit()
    box.forget()
    here.push()
    post = post_of(here)
    assert (post.locale, post.translations["en"].raw, post.version) == ("fr", ENGLISH, 1)
    assert len(here.writes()) == 2, "the language, and the text"
    english(here, "un", ENGLISH, title="A title", code="de")
    here.post("un", "Un tout autre texte, assez long pour le forum.")
    here.commit()
    box.forget()
    here.push()
    assert len(here.writes()) == 3, "the text of the original, and both of the translation"
    post = post_of(here)
    assert (post.locale, sorted(post.translations)) == ("fr", ["de", "en"])
    assert box.by_id("un").translations == {"de": "A title"}


@on_translating
def test_the_language_goes_with_an_edit_that_is_sent_anyway(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un")
    here.commit()
    here.push()
    here.post("un", "Un tout autre texte, assez long pour le forum.")
    english(here)
    here.commit()
    box.forget()
    here.push()
    assert post_of(here).locale == "fr"
    assert len(here.writes()) == 2


@on_translating
def test_nobody_s_translation_is_written_over(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    box.translate(box.by_id("un").id, "en", "A topic called un", "Somebody's better English.")
    here.reword("un", "long enough", "short", path="posts/un.en.md")
    told = here.push(code=3)
    assert "koweb pull" in told.text
    assert post_of(here).translations["en"].raw == "Somebody's better English."
    here.post("deux")
    here.commit()
    here.push(code=3)
    box.translate(box.by_id("deux").id, "en", "Two", "Written on the forum first.")
    english(here, "deux")
    here.commit()
    here.push(code=3)
    assert post_of(here, "deux").translations["en"].raw == "Written on the forum first."


@on_translating
@pytest.mark.parametrize("edited", [False, True])
def test_a_forum_that_does_not_list_translations_is_asked_what_readers_see(
    here: Clone, box: Sandbox, edited: bool
) -> None:
    translating(box)
    box.fail(Fault("status", "GET", "^/post_localizations/", status=404, times=1_000))
    both(here)
    here.reword("un", "long enough", "short", path="posts/un.en.md")
    if edited:
        box.translate(box.by_id("un").id, "en", "A topic called un", "Somebody's better English.")
    told = here.push(code=3 if edited else 0)
    raw = post_of(here).translations["en"].raw
    assert raw == ("Somebody's better English." if edited else ENGLISH.replace("long enough", "short"))
    assert ("does not tell" in told.text) == edited


@on_translating
@pytest.mark.parametrize("withdraw", ["keep", "delete"])
def test_a_translation_whose_file_is_gone(here: Clone, box: Sandbox, withdraw: str) -> None:
    translating(box)
    here.configure(f'withdraw = "{withdraw}"')
    both(here)
    here.git("rm", "-q", "posts/un.en.md")
    here.commit()
    box.forget()
    here.push()
    post, topic = post_of(here), box.by_id("un")
    kept = withdraw == "keep"
    assert (list(post.translations), list(topic.translations)) == ((["en"], ["en"]) if kept else ([], []))
    assert len(here.writes()) == (0 if kept else 2)
    box.forget()
    here.push()
    assert not box.log
    here.git("revert", "--no-edit", "HEAD")
    here.push()
    assert post_of(here).translations["en"].raw == ENGLISH


@pytest.mark.parametrize("keeps", [True, False])
def test_an_unfinished_translation_is_told_by_the_push_that_leaves_it(here: Clone, box: Sandbox, keeps: bool) -> None:
    """“Nothing to do” alone looks as if it were published."""
    if keeps:
        translating(box)
    here.post("un")
    here.commit()
    here.push()
    here.run("new", "--translation-of", "posts/un.md", "--into", "en", "A title in English", "--no-edit")
    here.commit()
    box.forget()
    wanted = "1 translation stays a draft" if keeps else "1 translation is left alone: this forum keeps none"
    assert wanted in here.run("plan").text
    told = here.push()
    assert wanted in told.text
    assert not here.writes()
    box.forget()
    here.push()
    assert not box.log, "nothing new costs nothing"


def test_a_translation_of_a_file_that_is_not_there_says_so(here: Clone) -> None:
    here.post("nouvelle")
    said = here.run("new", "--translation-of", "posts/nouvele.md", "--into", "en", code=2).text
    assert "There is no such file. Did you mean “posts/nouvelle.md”?" in said
    said = here.run("new", "--translation-of", "posts/q9q9q9q9q9q9q9q9q9q9.md", "--into", "en", code=2).text
    assert "There is no such file. Check its name." in said


@pytest.mark.parametrize("box", FLAVOURS, indirect=True)
def test_a_forum_without_translations_says_so_once(here: Clone, box: Sandbox) -> None:
    for number in range(3):
        here.post(f"sujet-{number}")
        english(here, f"sujet-{number}")
    here.commit()
    told = here.push()
    assert told.text.count("content_localization_enabled") == 1
    assert len(here.published()) == 3
    box.forget()
    told = here.push()
    assert told.text.count("content_localization_enabled") == 1
    assert not box.log


@on_translating
def test_links_and_pictures_are_as_in_the_original(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.write("posts/schema.png", PNG)
    here.post("un", f"{TEXT} [deux](deux.md)")
    here.post("deux", f"{TEXT} [un](un.md)")
    english(here, "un", f"{ENGLISH} [two](deux.md) ![a picture](schema.png) [myself](#here)\n\n## Here")
    english(here, "deux", f"{ENGLISH} [one](un.en.md)")
    here.commit()
    here.push()
    raw = post_of(here).translations["en"].raw
    assert f"[two]({box.at('/t/-')}/{box.by_id('deux').id})" in raw
    assert "![a picture|3x2](upload://" in raw
    other = post_of(here, "deux").translations["en"].raw
    assert f"[one]({box.at('/t/-')}/{box.by_id('un').id})" in other
    box.forget()
    here.push()
    assert not box.log


@on_translating
def test_what_has_an_id_stays_a_post(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un")
    here.post("un-en", path="posts/un.en.md")
    here.post("un-xx", path="posts/un.xx.md")
    here.post("v-1", path="posts/v1.0.md")
    here.commit()
    here.push()
    assert here.published() == ["un", "un-en", "un-xx", "v-1"]
    assert not post_of(here).translations


def test_what_is_wrong_with_translations(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.write("posts/un.en.md", "---\ntitle: One\ntags: [a]\n---\n\nEnglish.\n")
    here.write("posts/un.pt-BR.md", "---\ntitle: Um\n---\n\nTexto.\n")
    here.write("posts/un.pt_BR.md", "---\ntitle: Um\n---\n\nTexto.\n")
    found = {one["code"]: one["path"] for one in here.run("check", "--format", "json", code=None).data}
    assert found["translation-unreadable"] == "posts/un.en.md"
    assert found["translated-twice"] == "posts/un.pt_BR.md"
    here.run("check", "--write-ids", code=None)
    assert "id:" not in here.read("posts/un.en.md")


@on_translating
def test_a_translation_that_leads_nowhere_is_refused(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un", f"{TEXT} [the English text](un.en.md)")
    path = english(here, "un", f"{ENGLISH} [nothing](nothing.md)")
    here.commit()
    assert "nothing.md" in here.push(code=2).text
    assert not post_of(here).translations
    found = here.run("check", "--format", "json", code=2).data
    assert [one["path"] for one in found if one["error"]] == [path]


@on_translating
def test_begin_a_translation_and_hear_that_its_original_moved_on(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un")
    here.commit()
    here.run("new", "--translation-of", "posts/un.md", "--into", "en", "A title in English", "--no-edit")
    here.commit()
    assert f"\n<!-- koweb: original\n{TEXT}\n-->\n" in here.read("posts/un.en.md")
    for command in ("status", "check"):
        assert "1 paragraph still lacks" in here.run(command).text, command
    here.push()
    assert not post_of(here).translations, "a draft"
    here.reword("un", "-->\n", f"-->\n\n{TEXT}\n", path="posts/un.en.md")
    assert "no translation of it" in here.push(code=3).text
    here.reword("un", f"-->\n\n{TEXT}", f"-->\n\n{ENGLISH}", path="posts/un.en.md")
    here.push()
    assert "still lack" not in here.run("status").text + here.run("check").text
    assert (post_of(here).translations["en"].raw, box.by_id("un").translations) == (
        ENGLISH,
        {"en": "A title in English"},
    )
    behind = "translation-behind"
    assert behind not in here.run("check", "--format", "json").out
    assert "another text by now" not in here.run("status").text
    here.reword("un", "Un texte", "Mon texte")
    assert behind in here.run("check", "--format", "json").out
    assert "another text by now" in here.run("status").text
    assert "2 lines changed since" in here.run("status").text
    told = here.run("diff").text
    assert f"-{TEXT}" in told
    assert f"+{TEXT.replace('Un texte', 'Mon texte')}" in told


@on_translating
def test_the_original_s_paragraphs_stay_beside_what_comes_from_the_forum(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un", f"{TEXT}\n\nLa fin.")
    note = "<!-- koweb: original\nLa fin.\n-->"
    path = english(here, "un", f"{ENGLISH}\n\n{note}\n\nThe end.", title="One")
    here.commit()
    here.push()
    assert post_of(here).translations["en"].raw == f"{ENGLISH}\n\nThe end."
    box.translate(box.by_id("un").id, "en", "One", f"{BETTER}\n\nThe end.")
    here.run("pull")
    assert here.read(path) == f"---\ntitle: One\n---\n\n{BETTER}\n\n{note}\n\nThe end.\n"
    here.push()
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    box.forget()
    here.push()
    assert (here.git("rev-parse", "HEAD"), box.log) == (head, [])
    english(here, "un", f"{BETTER}\n\n{note}\n\n[away](nowhere.md)")
    told = here.run("check", code=2).text
    assert f"{path}:10" in told, "the line in the file, comments and all"
    english(here, "un", f"{BETTER}\n\n<!-- koweb: original\nLa fin.\n\nThe end.")
    assert "does not end" in here.run("check", code=2).text


@on_translating
def test_a_translation_that_names_no_text_is_of_the_one_that_was_there_when_it_was_written(
    here: Clone, box: Sandbox
) -> None:
    translating(box)
    for ident in ("un", "deux"):
        both(here, ident)
    quiet = "another text by now"
    assert quiet not in here.run("status").text
    here.reword("un", "Un texte", "Mon texte")
    here.reword("deux", "Un texte", "Mon texte")
    here.reword("deux", "long enough", "short", path="posts/deux.en.md")
    for command in ("status", "check"):
        told = here.run(command).text
        assert told.count(quiet) == 1, command
        assert "posts/un.en.md" in told, command
    assert f"-{TEXT}" in here.run("diff").text
    english(here, "un", "Brought up to date.")
    assert quiet not in here.run("check").text, "what is not committed yet is as new as its original"
    here.commit()
    assert quiet not in here.run("status").text + here.run("check").text


@on_translating
@pytest.mark.parametrize("moment", ["before the answer", "after the answer"])
@pytest.mark.parametrize("nth", spread(range(1, 6), 2))
def test_killed_between_writes_and_run_again(here: Clone, box: Sandbox, nth: int, moment: str) -> None:
    translating(box)
    for ident in ("un", "deux"):
        here.post(ident)
        english(here, ident, title=f"A topic called {ident}")
    here.commit()
    process = Forked(here.folder, here.verb)
    early = moment == "before the answer"
    kill = process.kill
    deeds = (kill, None) if early else (None, kill)
    box.fail(Fault("call", nth=nth, writes=True, after_work=deeds[0], after_answer=deeds[1]))
    assert process.run() == -signal.SIGKILL
    here.push()
    for ident in ("un", "deux"):
        topic, post = box.by_id(ident), post_of(here, ident)
        assert (topic.translations, post.translations["en"].raw) == ({"en": f"A topic called {ident}"}, ENGLISH)
    assert here.published() == ["deux", "un"]
    box.forget()
    here.push()
    assert not box.log


only_2026 = pytest.mark.parametrize("box", [GUESSED], indirect=True)
BETTER = "A text that somebody wrote in better English."


@on_translating
def test_a_translation_edited_on_the_forum_comes_back(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    here.post("deux")
    here.commit()
    here.push()
    box.translate(box.by_id("un").id, "en", "A better title", BETTER, username="claire")
    before = here.git("rev-parse", "HEAD")
    box.forget()
    here.run("pull")
    asked = [one.path for one in box.log if "localizations" in one.path]
    assert len(asked) == 1, "only of what has translations here"
    assert here.read("posts/un.en.md") == f"---\ntitle: A better title\n---\n\n{BETTER}\n"
    assert here.git("diff", "--name-only", before, "HEAD") == "posts/un.en.md"
    told = box.state.flavour.name == GUESSED
    assert here.git("log", "-1", "--format=%ae").startswith("claire@" if told else "unknown@")
    after = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == after
    box.forget()
    here.push()
    assert not here.writes(), "the forum has it"
    box.forget()
    here.push()
    assert not box.log
    here.run("pull")
    assert here.git("rev-parse", "HEAD") == after


@on_translating
def test_both_sides_edited_a_translation(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un")
    english(here, "un", f"{ENGLISH}\n\nSecond paragraph.", title="A topic called un")
    here.commit()
    here.push()
    box.translate(box.by_id("un").id, "en", "A topic called un", f"{BETTER}\n\nSecond paragraph.")
    here.reword("un", "Second", "Last", path="posts/un.en.md")
    here.run("pull")
    assert here.read("posts/un.en.md").endswith(f"{BETTER}\n\nLast paragraph.\n")
    here.push()
    assert post_of(here).translations["en"].raw == f"{BETTER}\n\nLast paragraph."


@only_2026
@pytest.mark.parametrize("ours", [False, True])
def test_several_edits_on_the_forum_come_one_after_the_other(here: Clone, box: Sandbox, ours: bool) -> None:
    translating(box)
    here.post("un")
    last = "A last paragraph."
    english(here, "un", f"{ENGLISH}\n\n{last}", title="A topic called un")
    here.commit()
    here.push()
    for number in range(3):
        box.translate(
            box.by_id("un").id, "en", f"Title {number}", f"Edit {number}, long enough.\n\n{last}", username="claire"
        )
        here.run("pull")
        assert f"title: Title {number}\n---\n\nEdit {number}, long enough.\n" in here.read("posts/un.en.md")
        if ours and number == 1:
            here.reword("un", last, "Our last paragraph.", path="posts/un.en.md")
            break
    here.push()
    there = post_of(here).translations["en"].raw
    assert there == ("Edit 1, long enough.\n\nOur last paragraph." if ours else f"Edit 2, long enough.\n\n{last}")
    box.forget()
    here.push()
    head = here.git("rev-parse", "HEAD")
    here.run("pull")
    assert (here.writes(), here.git("rev-parse", "HEAD")) == ([], head)


@on_translating
def test_a_conflict_in_a_translation_waits_for_a_person(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    box.translate(box.by_id("un").id, "en", "A topic called un", BETTER)
    here.reword("un", ENGLISH, "Another sentence altogether.", path="posts/un.en.md")
    here.run("pull", code=3)
    assert "<<<<<<<" in here.read("posts/un.en.md")
    english(here, "un", "Decided by a person.", title="A topic called un")
    here.git("add", "posts/un.en.md")
    here.run("pull", "--continue")
    here.push()
    assert post_of(here).translations["en"].raw == "Decided by a person."
    here.run("pull")
    box.forget()
    here.push()
    assert not box.log


@only_2026
def test_the_history_is_looked_at_once_for_all_translations(
    here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    translating(box)
    idents = ("un", "deux", "trois")
    for ident in idents:
        here.post(ident)
        english(here, ident, title=f"A topic called {ident}")
    here.commit()
    here.push()
    real, looks = Repo.trailers, []

    def counted(self: Repo, head: str, name: str, not_in: str = "") -> dict[str, Sha]:
        looks.append(name)
        return real(self, head, name, not_in)

    monkeypatch.setattr(Repo, "trailers", counted)
    counts = []
    for several in (idents[:1], idents):
        for ident in several:
            box.translate(box.by_id(ident).id, "en", "A title", f"{BETTER} {len(several)}", username="claire")
        looks.clear()
        here.run("pull")
        counts.append(len(looks))
    assert counts[0] == counts[1]


@only_2026
def test_what_only_the_forum_has(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    topic = box.by_id("un").id
    box.translate(topic, "de", "Ein Thema", "Ein deutscher Text, von einem Menschen.", username="claire")
    box.translate(topic, "es", "Un tema", "Un texto de una maquina.", username="")
    here.run("pull")
    assert here.read("posts/un.de.md") == "---\ntitle: Ein Thema\n---\n\nEin deutscher Text, von einem Menschen.\n"
    assert not (here.folder / "posts/un.es.md").exists()
    assert here.git("log", "-1", "--format=%ae").startswith("claire@")
    box.forget()
    here.push()
    assert not here.writes()
    here.configure('translations = "all"')
    here.commit()
    here.run("pull")
    assert (here.folder / "posts/un.es.md").exists()
    here.push()
    here.run("pull")
    box.forget()
    here.push()
    assert not box.log


@only_2026
def test_a_machine_never_takes_the_place_of_a_person(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    box.translate(box.by_id("un").id, "en", "Machine", "A text by a machine.", username="")
    told = here.run("pull")
    assert "machine" in told.text
    assert ENGLISH in here.read("posts/un.en.md")
    here.reword("un", "long enough", "short", path="posts/un.en.md")
    here.push()
    assert "short" in post_of(here).translations["en"].raw


@pytest.mark.parametrize("box", FLAVOURS[1:], indirect=True)
def test_nobody_says_who_translated(here: Clone, box: Sandbox) -> None:
    translating(box)
    both(here)
    box.translate(box.by_id("un").id, "de", "Ein Thema", "Ein deutscher Text, von wem auch immer.")
    assert "un.de.md" in here.run("pull").text
    assert not (here.folder / "posts/un.de.md").exists()


LINES = st.sampled_from(
    [
        "Du *texte*\u00a0!",
        "- a\n- b",
        "> cité",
        "```\ncode\n```",
        "## Titre",
        "fin  ",
        "| a |\n|---|\n| b |",
        "1. un",
        "",
    ]
)
BODIES = st.lists(LINES, max_size=5).map("\n\n".join)


@pytest.mark.parametrize("box", [GUESSED], indirect=True)
def test_for_any_texts_what_was_pushed_comes_back_as_it_is(here: Clone, box: Sandbox) -> None:
    """push; pull changes nothing in git, and push again nothing on the forum."""
    translating(box)

    @settings(max_examples=fewer(15), deadline=None, suppress_health_check=list(HealthCheck))
    @given(original=BODIES, other=BODIES, title=st.sampled_from(["", "A title: with a colon", "Another"]))
    def law(original: str, other: str, title: str) -> None:
        here.post("un", f"{TEXT}\n\n{original}")
        quoted = f'"{title}"' if title else ""
        english(here, "un", f"{ENGLISH}\n\n{other}", title=quoted)
        here.commit()
        here.push()
        assert post_of(here).translations["en"].raw.startswith(ENGLISH)
        assert box.by_id("un").translations.get("en", "") == title
        before = here.git("rev-parse", "HEAD")
        here.run("pull")
        assert here.git("rev-parse", "HEAD") == before
        box.forget()
        here.push()
        assert not here.writes()

    law()


@on_translating
def test_who_may_not_translate_hears_it_once(here: Clone, box: Sandbox) -> None:
    translating(box)
    box.set(content_localization_allowed_groups="1")
    here.configure(username="claire")
    for number in range(3):
        here.post(f"sujet-{number}")
        english(here, f"sujet-{number}")
    here.commit()
    told = here.push(code=None)
    assert told.code
    assert told.text.count("content_localization_allowed_groups") == 1
    assert len(here.published()) == 3
    assert len([one for one in here.writes() if "localizations" in one]) == 1


@on_translating
def test_another_clone_goes_on_where_the_first_was_killed(here: Clone, box: Sandbox) -> None:
    translating(box)
    here.post("un")
    english(here, title="A topic called un")
    here.commit()
    here.share()
    process = Forked(here.folder, here.verb)
    box.fail(Fault("call", nth=2, writes=True, after_work=process.kill))
    assert process.run() == -signal.SIGKILL
    other = here.clone("other")
    box.forget()
    other.push()
    told = ["POST /posts", "POST /topic_localizations/create_or_update.json"]
    assert other.writes() == told, "the topic is recognised, and its translation is there already"
    box.forget()
    other.push()
    assert not box.log


@on_translating
@pytest.mark.parametrize("broken", ["---\nauthor: x\n---\n\nA text.\n", "---\ntitle: [\n---\n\nA text.\n"])
def test_an_unreadable_translation_holds_nothing_else_back(here: Clone, box: Sandbox, broken: str) -> None:
    translating(box)
    for ident in ("un", "deux", "trois"):
        both(here, ident)
    here.configure('withdraw = "delete"')
    here.write("posts/un.en.md", broken)
    for path in ("posts/deux.en.md", "posts/trois.md", "posts/trois.en.md"):
        (here.folder / path).unlink()
    here.commit()
    assert "un.en.md" in here.push(code=2).text
    assert sorted(post_of(here, "un").translations) == ["en"], "nobody knows what that file is to say"
    assert not post_of(here, "deux").translations
    assert here.published() == ["deux", "un"]
