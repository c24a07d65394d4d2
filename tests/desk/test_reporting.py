"""The report in the browser: made, looked at, kept, and turned into a post."""

from tests.desk.open_desk import desk
from tests.workspace import Clone


def test_p335_a_report_is_made_looked_at_and_becomes_a_post(here: Clone) -> None:
    here.run("archive")
    with desk(here.folder) as it:
        assert it.get("/report/community").status_code == 404
        assert "The last days are counted back from" in it.get("/report/").text
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
        assert f"posts/outils/{made[0].name}" in page.text
        it.post("/report/make", period="own", since="2026-10-40", audience="facilitators")
        page = it.done(it.get("/work/"))
        assert "is no date" in page.text
        assert it.post("/report/post", period="30d", folder="../ailleurs").status_code == 400
