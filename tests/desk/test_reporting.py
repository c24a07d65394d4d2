"""The report in the browser: made, looked at, kept, and turned into a post."""

import re
from threading import Event

from tests.desk.open_desk import desk
from tests.workspace import Clone


def test_p335_a_report_is_made_looked_at_and_becomes_a_post(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        assert it.get("/report/community").status_code == 404
        form = it.get("/report/").text
        assert re.search(r"counted back from [^:]+: so far koweb has read the forum\. “Update the memory”", form)
        assert re.findall(r"<legend>([^<]+)", form) == ["About which days?", "Who will read it?"]
        assert "a page to read at once" in form, "what one gets"
        assert "mostly within a minute" in form, "how long it takes"
        it.post("/report/make", period="365d", audience="community")
        page = it.done(it.get("/work/"))
        assert 'href="/report/community"' in page.text, page.text
        report = it.get("/report/community")
        assert "sandbox" in report.headers["Content-Security-Policy"]
        assert "script-src" not in report.headers["Content-Security-Policy"]
        assert "There is too little in this period to draw pictures" in report.text
        assert "attachment" in it.get("/report/community?save").headers["Content-Disposition"]
        it.post("/report/post", period="365d", folder="outils")
        page = it.done(it.get("/work/"))
        made = list((here.folder / "posts" / "outils").glob("*.md"))
        assert len(made) == 1
        assert f'<details><summary>Its file</summary><p class="k-path"><bdi>posts/outils/{made[0].name}' in page.text
        assert "Nothing is published: read it, then publish it." in page.text
        it.post("/report/make", period="own", since="2026-10-40", audience="facilitators")
        page = it.done(it.get("/work/"))
        assert "is no date" in page.text
        assert it.post("/report/post", period="30d", folder="../ailleurs").status_code == 400


def test_p335_who_asks_too_early_is_told_to_wait_not_that_it_failed(here: Clone) -> None:
    here.run("archive")
    go_on = Event()
    with desk(here.folder) as it:
        first = it.run.work.start("report", "The report is made", "/report/", lambda _work: go_on.wait(60))
        answer = it.post("/report/post", period="365d", folder="outils")
        go_on.set()
        first.over.wait(60)
        assert answer.status_code == 409
        assert "<h1>One moment</h1>" in answer.text
        assert "“The report is made”" in answer.text
        assert "Ask again when this is done." in answer.text
        assert 'href="/work/"' in answer.text
