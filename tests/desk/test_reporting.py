"""The report in the browser: made, looked at, kept, and turned into a post."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Event

import pytest
import requests

from koweb_sync.archive.store.schema import RUNS
from koweb_sync.archive.store.store import Store
from koweb_sync.posts.document import parse
from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import OpenDesk, desk
from tests.gate import fewer
from tests.workspace import Clone


def place(page: str, name: str) -> str:
    """The number of a category among those that a page offers."""
    (found,) = re.findall(rf'<option value="(\d+)"[^>]*>{name}</option>', page)
    return str(found)


def offered(page: str) -> list[str]:
    """The categories that a page offers, as people know them."""
    return re.findall(r'<option value="\d+"[^>]*>([^<]+)</option>', page)


def community(it: OpenDesk) -> requests.Response:
    """Make the report for the community: the page where it lies."""
    it.post("/report/make", period="365d", audience="community")
    return it.done(it.get("/work/"))


def posts_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*.md"))


def test_p335_a_report_is_made_looked_at_and_becomes_a_post(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        assert it.get("/report/community").status_code == 404
        form = it.get("/report/").text
        assert re.search(r"counted back from [^:]+: so far koweb has read the forum\. “Update the memory”", form)
        assert re.findall(r"<legend>([^<]+)", form) == ["About which days?", "Who will read it?"]
        assert "a page to read at once" in form, "what one gets"
        assert "mostly within a minute" in form, "how long it takes"
        page = community(it)
        assert 'href="/report/community"' in page.text, page.text
        report = it.get("/report/community")
        assert "sandbox" in report.headers["Content-Security-Policy"]
        assert "script-src" not in report.headers["Content-Security-Policy"]
        assert "There is too little in this period to draw pictures" in report.text
        assert "attachment" in it.get("/report/community?save").headers["Content-Disposition"]
        assert offered(form) == [], "there is nothing yet to make a message of"
        assert 'name="tags"' in page.text
        where = place(page.text, "facilitation-numerique/outils-libres")
        it.post("/report/post", place=where, tags="Bilan,  vie du lieu, bilan")
        page = it.done(it.get("/work/"))
        made = list((here.folder / "posts" / "outils").glob("*.md"))
        assert len(made) == 1
        assert "\ntags:\n- bilan\n- vie-du-lieu\n---\n" in made[0].read_text()
        assert (
            f'<details><summary>Its file</summary><p class="k-path"><bdi>posts/<wbr>outils/<wbr>{made[0].name}'
            in page.text
        )
        assert "The forum gets it when you publish: read it first." in page.text
        assert it.post("/report/post", place="../ailleurs").status_code == 409
        assert list((here.folder / "posts").rglob(".koweb-*")) == []


def test_the_report_that_was_just_made_is_the_first_one_and_marked(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        for audience in ("facilitators", "community", "facilitators"):
            it.post("/report/make", period="365d", audience=audience)
            page = it.done(it.get("/work/")).text
            rows = re.findall(r'<li>(<a class="k-button[^>]*href="/report/(\w+)"[^>]*>.*?)</form>', page, re.DOTALL)
            assert rows[0][1] == audience
            assert ["just made" in row for row, _name in rows] == [True] + [False] * (len(rows) - 1)
            assert ["autofocus" in row for row, _name in rows] == [True] + [False] * (len(rows) - 1)
        assert "just made" in it.get("/report/").text
        it.get("/report/community")
        assert "just made" in it.get("/report/").text, "another one was read"
        it.get("/report/facilitators")
        assert "just made" not in it.get("/report/").text, "it was read"
        it.post("/report/make", period="365d", audience="facilitators")
        assert "just made" in it.done(it.get("/work/")).text
        it.post("/report/delete", audience="facilitators")
        assert "just made" not in it.get("/report/").text, "of what is there, nothing is new"


def test_p335_who_asks_too_early_is_told_to_wait_not_that_it_failed(here: Clone) -> None:
    here.run("archive")
    go_on = Event()
    with desk(here.folder) as it:
        first = it.run.work.start("report", "The report is made", "/report/", lambda _work: go_on.wait(60))
        answer = it.post("/report/make", period="365d")
        go_on.set()
        first.over.wait(60)
        assert answer.status_code == 409
        assert "<h1>One moment</h1>" in answer.text
        assert "“The report is made”" in answer.text
        assert "Ask again when this is done." in answer.text
        assert 'href="/work/"' in answer.text


def test_p501_a_report_may_become_a_message_wherever_one_may_write(here: Clone) -> None:
    here.run("archive")
    here.run("doctor")
    with desk(here.folder) as it:
        form = community(it).text
        assert offered(form) == offered(it.get("/write/").text)
        assert len(offered(form)) > 3, "not only those of koweb.toml"
        for name in offered(form)[-fewer(len(offered(form))) :]:
            before = posts_in(here.folder)
            it.post("/report/post", place=place(form, name))
            page = it.done(it.get("/work/"))
            assert "The report is a message in your folder now." in page.text
            (made,) = posts_in(here.folder) - before or {here.folder}
            assert made != here.folder, name
            path = made.relative_to(here.folder).as_posix()
            parse(path, made.read_bytes())
            assert f">{name}<" in unescape(it.get(f"/preview/{path}").text), "its category as the forum calls it"
            made.unlink()


def test_a_report_may_be_deleted_before_koweb_closes(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        for audience in ("community", "facilitators"):
            it.post("/report/make", period="365d", audience=audience)
            page = it.done(it.get("/work/")).text
        assert page.count("Delete this report") == 2
        assert "If you saved it, delete the file" in it.get("/report/facilitators").text
        gone = it.post("/report/delete", audience="facilitators")
        assert "The report is deleted." in gone.text
        assert gone.text.count("Delete this report") == 1
        assert it.get("/report/facilitators").status_code == 404
        assert it.get("/report/community").status_code == 200
        assert it.post("/report/delete", audience="../x").status_code == 404
        assert "The report is deleted." not in it.get("/report/").text


def test_a_report_that_is_a_message_says_which_one_and_where_it_is_on_the_forum(here: Clone, box: Sandbox) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        number = place(community(it).text, "facilitation-numerique/outils-libres")
        it.post("/report/post", place=number)
        it.done(it.get("/work/"))
        last = it.run.work.last
        assert last
        assert last.lines == ["koweb is computing the figures.", "koweb is drawing the pictures and writing the text."]
        (file,) = posts_in(here.folder / "posts" / "outils")
        path, title = file.relative_to(here.folder).as_posix(), parse("a.md", file.read_bytes()).front.title
        page = it.get("/report/").text
        assert f"This report is a message already: “{title}”. It is not published yet." in unescape(page)
        assert page.count(f'href="/publish/?only={path}">Prepare to publish') == 1
        assert page.count("Read that message") == 1
        assert "Make a message of it" not in page
        assert 'name="over"' not in page, "it was made a moment ago"
        it.run.work.last = None  # somebody comes back later
        assert it.get("/report/").text.count(f'href="/publish/?only={path}">Prepare to publish') == 1
        here.commit()
        here.push()
        assert 'name="over"' not in it.get("/report/").text, "no step is left"
        written = file.read_text()
        file.write_text(f"{written}\n{MINE}\n")
        assert f'name="over" value="{path}"' in it.get("/report/").text
        file.write_text(written)
    with desk(here.folder) as it:
        page = community(it).text
        topic = next(one.id for one in box.topics() if one.title == title)
        assert (
            f'href="{here.box.url}/t/-/{topic}" target="_blank" rel="noopener noreferrer">See it on the forum' in page
        )
        assert "not published yet" not in page
        assert f'name="over" value="{path}"' in page
        file.write_text(f"{file.read_text()}\n{MINE}\n")
        (seen,) = re.findall(r'name="mark" value="(\w+)"', it.get("/report/").text)
        it.post("/report/post", over=path, mark=seen)
        it.done(it.get("/work/"))
        assert MINE not in file.read_text(), "it is written anew"
        file.unlink()
        here.commit()
        assert "Make a message of it" in it.get("/report/").text


MINE = "Une phrase de la main d'Odile."


def test_p509_a_message_about_the_same_days_is_never_written_over_unasked(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        form = community(it).text
        number = place(form, "facilitation-numerique/outils-libres")
        it.post("/report/post", place=number)
        it.done(it.get("/work/"))
        (file,) = posts_in(here.folder / "posts" / "outils")
        path, made = file.relative_to(here.folder).as_posix(), file.read_text()
        file.write_text(f"{made}\n{MINE}\n")
        for elsewhere in (number, place(form, "koweb-kafe")):
            it.post("/report/post", place=elsewhere)
            page = it.done(it.get("/work/"))
            assert "There is a message about these days already" in page.text
            assert "--force" not in page.text
            assert f'href="/preview/{path}"' in page.text
            assert posts_in(here.folder / "posts") == {file}
            assert MINE in file.read_text()
        (seen,) = re.findall(r'name="mark" value="(\w+)"', page.text)
        file.write_text(f"{made}\n{MINE}\nEt une autre.\n")
        it.post("/report/post", over=path, mark=seen)
        assert "There is a message about these days already" in it.done(it.get("/work/")).text, "it changed meanwhile"
        assert "Et une autre." in file.read_text()
        (seen,) = re.findall(r'name="mark" value="(\w+)"', it.get("/report/").text)
        it.post("/report/post", over=path, mark=seen)
        assert "The report is a message in your folder now." in it.done(it.get("/work/")).text
        assert file.read_text() == made
        versions = it.get(f"/versions/{path}").text
        (aside,) = re.findall(r'href="\?(aside=\d+)"', versions)
        assert "Et une autre." in unescape(it.get(f"/versions/{path}?{aside}").text)
        assert list((here.folder / "posts").rglob(".koweb-*")) == []


DAYS = timedelta(days=1)
TODAY = datetime.now(UTC)
MOMENT = int(datetime(2024, 5, 2, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("since", "until", "field", "says"),
    [
        ("", "", "since", "Choose a day here."),
        ("2026-10-01", "", "until", "Choose a day here."),
        ("", "2026-10-01", "since", "Choose a day here."),
        ("2026-10-40", "2026-11-01", "since", "“2026-10-40” is no date."),
        ("2026-10-02", "2026-10-01", "until", "The last day lies before the first one."),
        (f"{TODAY - DAYS:%Y-%m-%d}", f"{TODAY + 3 * DAYS:%Y-%m-%d}", "until", "This day lies in the future"),
        (f"{TODAY + 3 * DAYS:%Y-%m-%d}", f"{TODAY + 4 * DAYS:%Y-%m-%d}", "since", "This day lies in the future"),
    ],
)
def test_p502_days_of_which_no_report_can_be_are_refused_at_their_field_and_kept(
    here: Clone, since: str, until: str, field: str, says: str
) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        answer = it.post("/report/make", period="own", since=since, until=until, audience="facilitators")
        assert it.run.work.last is None, "nothing was begun"
    page = answer.text
    assert answer.status_code == 409
    assert re.search(
        rf'<input [^>]*name="{field}"[^>]* aria-invalid="true" autofocus aria-describedby="k-error-{field}"', page
    )
    assert f'role="alert" id="k-error-{field}">{says}' in page
    for name, value in (("since", since), ("until", until)):
        assert f'name="{name}" value="{value}"' in page
    for value in ("own", "facilitators"):
        assert f'value="{value}" checked' in page


def test_p502_a_report_about_days_that_koweb_has_not_read_is_refused(here: Clone) -> None:
    here.run("archive")
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.execute(RUNS.update().values(ended=MOMENT, started=MOMENT - 1))
    with desk(here.folder) as it:
        for day, refused in (("2024-05-01", False), ("2024-05-03", True)):
            page = it.post("/report/make", period="own", since=day, until="2024-05-09", audience="community")
            assert ("koweb has not read the forum so far yet." in page.text) is refused


def test_p503_pages_say_how_long_reports_stay(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        assert (
            "It is deleted a little after you close these pages; you can keep it as a file." in it.get("/report/").text
        )
        it.post("/report/make", period="365d", audience="facilitators")
        assert (
            "When you close these pages, koweb ends a little later and these reports are deleted."
            in it.done(it.get("/work/")).text
        )
        (kept,) = Path(it.server.app.extensions["reports"]).iterdir()
    assert not kept.parent.exists()
