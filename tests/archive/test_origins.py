"""A page that is made of the same stays; and what stays of any forum when anybody is erased is what is made anew."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from koweb_sync.archive.exports import origins
from koweb_sync.archive.exports.export import export, target
from koweb_sync.archive.exports.folder import ExportResult
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.names.erasures import Policy
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy import forget
from koweb_sync.archive.privacy.pseudonyms import Pseudonyms
from koweb_sync.archive.read.model import ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import Store, put
from koweb_sync.forum import models
from tests.archive import exhibits
from tests.archive.exhibits import BILAL, CLAIRE, DAY, START, URL, keep, post, topic, translate
from tests.archive.exporting import contents
from tests.gate import fewer

SECRET = Secret(b"a secret of the tests alone", URL)
AMINA = models.User(9, "amina", "Amina Benali")
CLARISSE = models.User(7, "clarisse", "Clarisse Moreau")  # as Claire was called before
PEOPLE = (CLAIRE, BILAL, AMINA)
TOPICS = (10, 11, 12)
SAYS = (
    "Merci.",
    "Merci @claire !",
    "Claire Moreau le sait, et Clarisse Moreau aussi.",
    '[quote="Claire Moreau, post:1, topic:10, username:claire"]\nOui.\n[/quote]\n\nNon.',
    *(f"Voir {URL}/t/sujet-{one}/{one}/1 et [là]({URL}/t/{one})." for one in TOPICS),
    f"![plan]({URL}/uploads/default/original/1X/plan.png)",
)
TITLES = ("Un outil", "Ce que Claire Moreau en dit", "Le compte rendu")

Said = tuple[int, models.User, str]  # in a topic, somebody says something
Done = tuple[str, models.User, int]  # something is done by somebody to a post, the n-th of all
Told = tuple[Sequence[str], Sequence[Said], Sequence[Done]]
SPOKEN = st.lists(st.tuples(st.sampled_from(TOPICS), st.sampled_from(PEOPLE), st.sampled_from(SAYS)), min_size=1)
ACTED = st.lists(
    st.tuples(st.sampled_from(("like", "edit", "vote", "translate")), st.sampled_from(PEOPLE), st.integers(0, 9))
)
FORUMS = st.tuples(st.permutations(TITLES), SPOKEN, ACTED)


def polled(*people: models.User) -> models.Poll:
    """A poll in which some people voted."""
    options = (models.PollOption("a", "Oui", len(people), people), models.PollOption("b", "Non, dit Claire Moreau", 0))
    return models.Poll("poll", "Quand ?", "regular", "open", "always", True, len(people), None, options)


def filled(store: Store, titles: Sequence[str], spoken: Sequence[Said], acted: Sequence[Done]) -> int:
    """A forum where some people said and did some things, and one bore another name before."""
    numbers = {one: count(2) for one in TOPICS}
    placed(store)
    opened = [topic(one, title, slug=title.lower().replace(" ", "-"), author=author.id)
              for one, title, author in zip(TOPICS, titles, PEOPLE, strict=True)]  # fmt: skip
    posts = [post(n, one, 1, title, author=author)
             for n, (one, title, author) in enumerate(zip(TOPICS, titles, PEOPLE, strict=True), 1)]  # fmt: skip
    posts += [post(n, one, next(numbers[one]), text, author=author, reply_to=1)
              for n, (one, author, text) in enumerate(spoken, 4)]  # fmt: skip
    keep(store, [], [post(3, 12, 1, "Bonjour.", author=CLARISSE)])
    forum = keep(store, opened, posts, at=START + DAY)
    for what, who, nth in acted:
        told = posts[nth % len(posts)]
        if what == "like":
            with store.begin() as connection:
                PageWriter(connection, forum, URL, START, {}).likes_of_post(told.id, [models.Like(told.id, who)], None)
        elif what == "translate":
            translate(store, forum, ("post", told.id, "en", "", f"{who.name} says so.", "<p>So.</p>", who.id))
        else:
            more = {"polls": (polled(who, BILAL),)} if what == "vote" else {"editor": who.id, "version": 2}
            changed = post(told.id, told.topic, told.number, f"{told.raw} Ou non ?", author=told.author, **more)
            keep(store, [], [changed], at=START + 2 * DAY)
    return forum


def placed(store: Store) -> None:
    """A category that everybody may read."""
    forum = store.enter(URL, "kafe", START)
    with store.begin() as connection:
        put(
            connection,
            schema.CATEGORIES,
            [{"forum": forum, "id": 1, "name": "Salon", "slug": "salon", "path": "salon"}],
        )


def exported(store: Store, forum: int, style: str, to: Path, *, disguised: bool, note: Path | None) -> ExportResult:
    """An export; with a note, what is noted there stays."""
    with store.read() as connection:
        disguise = Pseudonyms.read(connection, forum, SECRET, "Membre") if disguised else None
        where = target(str(to), style, URL, origins=note)
        return export(Reader(connection, forum, disguise), style, where, ArchiveFilter(public=True))


def erased(store: Store, forum: int, user: str, policy: Policy = "keep") -> None:
    """Erase somebody."""
    with store.begin() as connection:
        order = forget.whole_person(forget.find(connection, forum, user), policy)
        forget.carry_out(connection, forum, URL, order, SECRET, START + 3 * DAY)


@pytest.mark.parametrize("style", ["website", "md"])
@given(FORUMS, st.sampled_from(PEOPLE), st.sampled_from(("keep", "remove")), st.booleans())
@example((TITLES, [(10, BILAL, SAYS[0])], [("like", CLAIRE, 1)]), CLAIRE, "keep", False)
@example((TITLES, [(10, BILAL, SAYS[5])], [("edit", CLAIRE, 1), ("vote", CLAIRE, 3)]), CLAIRE, "remove", True)
@settings(max_examples=fewer(12))
def test_what_stays_is_what_would_be_made_of_an_archive_without_somebody(
    style: str, told: Told, who: models.User, policy: Policy, disguised: bool
) -> None:
    with TemporaryDirectory() as name, Store.open(f"{name}/archive.sqlite") as store:
        here, note = Path(name), Path(name) / "note"
        forum = filled(store, *told)
        exported(store, forum, style, here / "again", disguised=disguised, note=note)
        erased(store, forum, who.username, policy)
        exported(store, forum, style, here / "again", disguised=disguised, note=note)
        exported(store, forum, style, here / "anew", disguised=disguised, note=None)
        assert contents(here / "again") == contents(here / "anew")
        again = exported(store, forum, style, here / "again", disguised=disguised, note=note)
        assert again.stayed == len(TOPICS)


@pytest.mark.parametrize("style", ["website", "md"])
def test_only_the_pages_of_somebody_are_made_again(tmp_path: Path, style: str) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        placed(store)
        opened = [topic(one, f"Sujet {one}", author=BILAL.id) for one in TOPICS]
        forum = keep(store, opened, [post(one, one, 1, "Merci.", author=BILAL) for one in TOPICS])
        with store.begin() as connection:
            PageWriter(connection, forum, URL, START, {}).likes_of_post(11, [models.Like(11, CLAIRE)], None)
        folder, note = tmp_path / "export", tmp_path / "note"
        assert exported(store, forum, style, folder, disguised=False, note=note).stayed == 0
        assert exported(store, forum, style, folder, disguised=False, note=note).stayed == 3
        erased(store, forum, "claire")
        assert exported(store, forum, style, folder, disguised=False, note=note).stayed == 2


@pytest.mark.parametrize("style", ["website", "md"])
def test_a_page_that_is_not_as_noted_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    with Store.open(str(tmp_path / "archive.sqlite")) as store:
        forum = exhibits.friendly(store)
        folder, note = tmp_path / "export", tmp_path / "note"
        whole = exported(store, forum, style, folder, disguised=False, note=note).files
        made, page = contents(folder), folder / ("topic/10.html" if style == "website" else "topics/10-sujet-10.md")
        for spoilt, content, stays in ((note, b"\xff\nwhatever\n", 0), (page, b"...", 0), (note, note.read_bytes(), 1)):
            spoilt.write_bytes(content)
            told = exported(store, forum, style, folder, disguised=False, note=note)
            assert (told.stayed, told.files) == (stays, whole)
            assert contents(folder) == made  # the picture of a page that stays is there, too
        monkeypatch.setattr(origins, "koweb", lambda: b"a newer koweb")
        assert exported(store, forum, style, folder, disguised=False, note=note).stayed == 0
        assert contents(folder) == made
