"""What is written in the desk's forms is kept as it is written: the sentence of the next version, and what somebody
chooses and writes between two texts. The texts of posts are kept where they are written.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from koweb_sync.desk.conflicts.choices import place_names, said_choices
from koweb_sync.desk.conflicts.pieces import ConflictPiece
from koweb_sync.desk.serving.app import DeskRoom, answer, session, shown
from koweb_sync.desk.texts import unsent
from koweb_sync.desk.texts.unsaved import WritingPage, page_of
from koweb_sync.desk.texts.unsent import SENTENCE, UnsentWords
from koweb_sync.git.repo import Repo

routes = Blueprint("keeping", __name__)
KEEPING = DeskRoom(routes)
REMEMBERED = 1_000  # pages from which something was sent
OTHERS = 3  # sentences of other versions that a page shows: the last ones


def note_sent(here: WritingPage) -> None:
    """A page has sent what was written on it; what it said before and arrives later is not kept any more."""
    pages = session.saved_pages
    if here.ident:
        pages[here.ident] = here.typed
    for ident in list(pages)[:-REMEMBERED]:
        del pages[ident]


def arrives_late(here: WritingPage) -> bool:
    """Whether what a page says was under way while that page was sent."""
    return session.saved_pages.get(here.ident, -1) >= here.typed


def form_page() -> WritingPage:
    """The page of a form, as `unsent.js` names it."""
    return page_of({"page": request.form.get("sheet", ""), "typed": request.form.get("strokes", "")})


# ---- the sentence of the next version


@routes.post("/keep-sentence/")
def keep_sentence() -> Response:
    """Keep the sentence as it is typed."""
    here = form_page()
    if not arrives_late(here):
        sentence_stays(shown.repo, request.form.get("version", ""), here)
    return answer({})


def sentence_stays(repo: Repo, version: str, here: WritingPage) -> None:
    """Keep the sentence of a form for this version; one that koweb offered is no word of theirs. A page has one: where
    it asks for another version by now, it is for that one.
    """
    typed, usual = (request.form.get(name, "").strip() for name in ("message", "usual"))
    with shown.lock:
        for about in unsent.of_page(repo, SENTENCE, here) - {version}:
            unsent.end(repo, SENTENCE, about)
        unsent.keep(repo, SENTENCE, [UnsentWords(version, typed if typed != usual else "")], here)


def sentence(repo: Repo, uncommitted: Collection[str], usual: str) -> dict[str, Any]:
    """What a page shows that asks for it: what somebody wrote for this version, else the usual one; and what they wrote
    for another version.
    """
    version, kept = unsent.next_version(repo, uncommitted), unsent.kept(repo, SENTENCE)
    mine, last = kept.pop(version, None), repo.last_commit()
    used = {mine.text if mine else usual, last.line if last else ""}
    told = {one.text: None for one in kept.values() if one.text not in used}
    return {
        "message": mine.text if mine else usual,
        "usual": usual,
        "version": version,
        "elsewhere_said": list(told)[: -OTHERS - 1 : -1],
    }


def sentence_moves(repo: Repo, uncommitted: Collection[str]) -> None:
    """Other texts are chosen for the next version: the sentence of a form goes along."""
    old, new = request.form.get("version", ""), unsent.next_version(repo, uncommitted)
    here = form_page()
    if "message" in request.form:
        sentence_stays(repo, old, here)
    with shown.lock:
        words = unsent.kept(repo, SENTENCE).get(old, UnsentWords(old))
        unsent.end(repo, SENTENCE, old)
        unsent.keep(repo, SENTENCE, [replace(words, about=new)], here)
    note_sent(here)


def sentence_sent(repo: Repo, version: str, *, all_kept: bool) -> None:
    """A version is kept with its sentence. `all_kept`: no text is left for which one was written."""
    if all_kept:
        unsent.end_all(repo, SENTENCE)
    else:
        unsent.end(repo, SENTENCE, version)


# ---- two versions of one text


@routes.post("/keep-choices/<path:path>")
def keep_choices(path: str) -> Response:
    """Keep what somebody chooses and writes between two versions of a text."""
    here = form_page()
    if not arrives_late(here):
        choices_stay(path, here)
    return answer({})


def choices_stay(path: str, here: WritingPage) -> None:
    """Keep the choices of a form, each for the place that it is about."""
    with shown.lock:
        unsent.keep(shown.repo, unsent.choices_of(path), said_choices(request.form), here)


def choices(repo: Repo, path: str, pieces: Collection[ConflictPiece]) -> dict[str, Any]:
    """What was chosen and written for the places of a page, by their names; and the texts that were written for places
    which are others by now.
    """
    kept, names = unsent.kept(repo, unsent.choices_of(path)), place_names(pieces)
    gone = [one.text for name, one in kept.items() if name not in names and one.choice == "edit" and one.text.strip()]
    return {"typed": kept, "elsewhere_typed": gone}


def choices_sent(repo: Repo, path: str) -> None:
    """The places of a text are decided."""
    note_sent(form_page())
    unsent.end_all(repo, unsent.choices_of(path))
