"""Wherever git, the forum or the key refuses: the page says it in words, with a button, and nothing is lost."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from koweb_sync import errors, trusted
from koweb_sync.desk.words.refusals import in_desk_words, kind_of
from koweb_sync.i18n import speaking
from koweb_sync.sandbox import Fault, Sandbox
from tests.desk.conftest import ServedPages, serving
from tests.desk.test_ends import desk_process
from tests.desk.test_publishing import come_to_an_end, mark, publish
from tests.workspace import TEXT, Clone

HTML = b"<html><title>Just a moment...</title></html>"
NO_KEY = b'{"errors":["The API username or key is invalid."],"error_type":"invalid_access"}'
AGAIN, KEY, BRANCH = (
    '<button class="k-button">Try again',
    'href="/set-up/">Set up the key',
    "Go to the version that publishes",
)
PROTECTED = "#!/bin/sh\necho 'GH006: Protected branch' >&2\nexit 1\n"
Trouble = Callable[[Sandbox, Clone], Callable[[], object] | None]  # makes it; what ends it


def no_key(_box: Sandbox, _here: Clone) -> Callable[[], object]:
    before = os.environ["KOWEB_KAFE_API_KEY"]
    os.environ["KOWEB_KAFE_API_KEY"] = ""
    return lambda: os.environ.update(KOWEB_KAFE_API_KEY=before)


def failing(**how: object) -> Trouble:
    return lambda box, _here: box.fail(Fault(**how))  # type: ignore[arg-type]


def remote_at(address: str) -> Trouble:
    def trouble(_box: Sandbox, here: Clone) -> Callable[[], object]:
        before = here.git("remote", "get-url", "origin")
        here.git("remote", "set-url", "origin", address)
        return lambda: here.git("remote", "set-url", "origin", before)

    return trouble


def protected(_box: Sandbox, here: Clone) -> Callable[[], object]:
    hook = here.folder.parent / "remote.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PROTECTED)
    hook.chmod(0o755)
    return hook.unlink


def locked(_box: Sandbox, here: Clone) -> Callable[[], object]:
    return here.write(".git/index.lock", "").unlink


def under_way(verb: str) -> Trouble:
    def trouble(_box: Sandbox, here: Clone) -> Callable[[], object]:
        here.git("stash", "--quiet")
        for branch, text in ((f"{verb}-theirs", "1"), ("main", "2")):
            here.git("switch", "--quiet", *(["--create"] if branch != "main" else []), branch)
            here.write(verb, text)
            here.commit()
        here.git(verb, f"{verb}-theirs", ok=(1,))
        return lambda: (here.git(verb, "--abort"), here.git("stash", "pop", "--quiet"))

    return trouble


def detached(_box: Sandbox, here: Clone) -> None:
    here.git("switch", "--quiet", "--detach")
    here.git("commit", "--quiet", "--allow-empty", "--message", "On no branch")


MOVED = {"Location": "https://nouveau.example.org/"}
TROUBLES: dict[str, tuple[Trouble, str, str]] = {
    "no key": (no_key, "There is no API key", KEY),
    "a key that was withdrawn": (failing(kind="status", status=403, body=NO_KEY, times=9), "key", KEY),
    "no answer": (failing(kind="refuse", times=20), "does not answer", AGAIN),
    "a page before the forum": (failing(kind="status", status=200, body=HTML), "What answers is not the forum.", AGAIN),
    "a forum that moved": (failing(kind="status", status=301, headers=MOVED, times=9), "write it in “Set up”", AGAIN),
    "no network": (remote_at("https://127.0.0.1:9/x.git"), "The git remote cannot be reached", AGAIN),
    "no such remote": (remote_at("/nowhere"), "There is no repository at the address", AGAIN),
    "a protected remote": (protected, "Protected branch", AGAIN),
    "a lock of git's": (locked, "Another git command is at work", AGAIN),
    "a merge": (under_way("merge"), "A merge is under way", 'href="/publish/">'),
    "a rebase": (under_way("rebase"), "A rebase is under way", 'href="/publish/">'),
    "no branch": (detached, "a commit without a branch", BRANCH),
}


@contextmanager
def in_trouble(box: Sandbox, here: Clone, trouble: Trouble) -> Iterator[None]:
    """Something refuses, for a while."""
    end = trouble(box, here)
    try:
        yield
    finally:
        box.front.faults.waiting.clear()
        if end:
            end()


def one_word_for_trying_again(page: str) -> bool:
    """Whether the sentences of a page call its one way back to publishing as that link is called."""
    main = re.sub(
        r'<a [^>]*href="/publish/">|<button class="k-button">(?=Try again)', "<back>", page[page.index("<main") :]
    )
    links = re.findall(r"<back>([^<]+)", main)
    says = re.search(r"\b[Tt]ry again|“Try again”", re.sub(r"<back>[^<]+", "", main)) is not None
    return len(links) <= 1 and "ublish again" not in page and (not says or links == ["Try again"])


def test_p350_whatever_refuses_is_said_with_a_button_and_nothing_is_lost(
    box: Sandbox, here: Clone, pages: ServedPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "KOWEB_KAFE_API_KEY", os.environ["KOWEB_KAFE_API_KEY"])
    here.post("un")
    here.commit()
    here.push()
    for name, (trouble, words, button) in TROUBLES.items():
        here.post("un", f"{TEXT} {name}")
        with in_trouble(box, here, trouble):
            done = publish(pages)
            assert name != "a merge" or "Somebody began to change the versions" in pages.get("/preview/").text
            assert words in done.text, (name, done.text)
            assert button in done.text, (name, done.text)
            unsure = name == "no answer"  # the connection took the text, and broke off
            heading = "It is not known yet whether the forum has it" if unsure else "Nothing was published"
            assert f"<h1>{heading}</h1>" in done.text, name
            away = name in ("no answer", "a page before the forum", "a forum that moved")
            assert ("Open the forum in the browser" in done.text) == away, name
            assert ('href="/set-up/#k-move"' in done.text) == away, name
            assert one_word_for_trying_again(done.text), (name, done.text)
            assert "Your text stays on this computer" in done.text
            assert "the rest was not sent" not in done.text.lower()
        assert name in here.read("posts/un.md")
        assert name not in here.raw("un")
        assert pages.post("/bring-back/look/").status_code == 200
        looked = come_to_an_end(pages)
        assert 'role="alert"' not in looked.text, (name, looked.text)  # nothing is held any more
    assert "What is new" in pages.post("/publish/branch/").text
    assert "On no branch" in here.git("log", "--format=%s", "main")
    monkeypatch.setattr("koweb_sync.forum.budget.TELL", 1.0)
    box.fail(Fault.too_many(2))
    publish(pages)
    work = pages.server.app.extensions["session"].work.last
    assert any("asks us to wait" in line for line in work.lines), work.lines
    assert name in here.raw("un")


def test_p356_a_moderated_post_is_told_and_a_key_goes_to_a_new_address_only_by_a_button(
    box: Sandbox, here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run("doctor")
    here.post("un", f"{TEXT} {TEXT}", author="bilal")
    box.hold("bilal")
    with serving(here) as pages:
        done = publish(pages)
        assert "review" in done.text, done.text
        assert (here.published(), len(box.requests("POST", r"^/posts"))) == ([], 1)
        here.post("deux")
        own = box.key("propre-1", username=None)
        monkeypatch.setenv("KOWEB_KAFE_API_KEY", own)
        trusted.bind(own, "https://ailleurs.example.org")
        assert "send the key to the new address" in publish(pages).text
        pages.post("/publish/trust/")
        assert "send the key to the new address" not in publish(pages).text


def test_p350_trying_again_sends_what_was_agreed_to(box: Sandbox, here: Clone) -> None:
    here.run("doctor")
    here.post("un")
    with serving(here) as pages:
        box.fail(Fault("refuse", times=20))
        failed = publish(pages).text
        box.front.faults.waiting.clear()
        form = failed[failed.index('<form method="post" action="/publish/">') : failed.index("Try again</button>")]
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
        assert pages.post("/publish/", **fields).status_code == 200
        assert "<h1>Published</h1>" in come_to_an_end(pages).text
    assert here.published() == ["un"]


@pytest.mark.parametrize(("verb", "path"), [("POST", r"^/posts"), ("PUT", r"^/posts/"), ("PUT", r"^/t/")])
def test_p350_what_was_sent_without_an_answer_is_not_said_to_be_unpublished(
    box: Sandbox, here: Clone, verb: str, path: str
) -> None:
    here.run("doctor")
    here.post("un")
    if verb == "PUT":
        here.commit()
        here.push()
        here.post("un", TEXT if "/t/" in path else f"{TEXT} Encore.", tags=["accueil"] if "/t/" in path else None)
    with serving(here) as pages:
        gone = Fault("refuse", times=40)
        box.fail(Fault("drop", verb, path, after_work=lambda: box.fail(gone)))
        failed = publish(pages).text
        box.front.faults.waiting.clear()
        assert here.published() == ["un"]
        assert "<h1>It is not known yet whether the forum has it</h1>" in failed
        assert "nobody knows yet whether it arrived" in failed
        assert "Nothing was published" not in failed
        assert "Go on with publishing" in pages.get("/").text


def test_p350_without_a_key_a_cut_publication_names_what_is_there(
    box: Sandbox, here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run("doctor")
    here.post("un")
    with desk_process(here) as it:
        box.fail(Fault("call", "POST", r"^/posts", after_work=it.process.kill))
        it.post("/publish/", mark=mark(it.get("/publish/")), message="Un message")
        it.over()
    monkeypatch.setitem(os.environ, "KOWEB_KAFE_API_KEY", "")
    with serving(here) as pages:
        page = pages.get("/publish/").text
        assert "type the key, then come back here" in page
        assert ("Type the key</a>" in page, "“Publish” goes on" in page) == (True, False)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (errors.ForumKeyRefused, "Les portées de la clé ne permettent pas cela : il manque topics:write."),
        (errors.GitError, "refs/koweb/kafe a changé entre-temps sur le dépôt distant."),
        (errors.GitError, "Le dépôt distant n’accepte pas le marque-page refs/koweb/kafe : non"),
        (errors.SomebodyPublishing, "Quelqu’un a repris le verrou de « kafe » pendant cette publication."),
        (errors.InputError, "Ces changements indexés ne font pas partie de la récupération : a.md."),
        (errors.InputError, "posts est un lien symbolique ou un sous-module."),
        (errors.ForumAnswerUnclear, "La réponse du forum est incompréhensible (statut 502)."),
    ],
)
def test_p511_words_of_whoever_looks_after_the_folder_stay_in_the_details(
    kind: type[errors.KowebError], text: str
) -> None:
    with speaking("fr"):
        told = in_desk_words(kind(text))
        assert text not in f"{told.message} {told.remedy}"
        assert told.message == kind_of(kind("")).message()
    assert text in told.details


def test_what_a_button_does_is_not_advised_as_a_command_beside_it() -> None:
    advice = "Bring their text into the file first (koweb pull), then push again."
    told = in_desk_words(
        errors.EditConflict("Claire changed this post on the forum.", where="posts/un.md", remedy=advice)
    )
    assert told.details == ("Claire changed this post on the forum.", "posts/un.md")
    told = in_desk_words(errors.GitError("git push failed.", remedy="Run git status."))
    assert told.details == ("git push failed.", "Run git status."), "whoever looks after the folder can do something"
