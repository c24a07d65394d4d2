"""The jobs of the automation, run for real: they do what they promise, and write nowhere else."""

import re
from pathlib import Path

import pytest

from koweb_sync.automation.files import Host
from koweb_sync.sandbox import Sandbox
from tests.hosts import GitHub, GitLab, load
from tests.workspace import TEXT, Clone

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."
EDITS = "refs/heads/koweb/forum-edits"


def begin(here: Clone, host: Host) -> None:
    """The automation is on main, and two posts are published."""
    here.run("init", "--ci", host, "--package", f"git+https://git.example.org/k.git@{'a' * 40}")
    here.post("un", LONG)
    here.post("deux", LONG)
    here.commit()
    here.push()
    here.share()
    here.box.forget()


def propose(here: Clone, ident: str, title: str = "Un troisième sujet") -> None:
    """A branch with one more post, on the git remote."""
    here.git("switch", "--quiet", "--create", "proposition")
    here.post(ident, LONG, title=title)
    here.commit()
    here.git("push", "--quiet", "origin", "proposition")
    here.git("switch", "--quiet", "main")


def edit(box: Sandbox, ident: str, old: str, new: str) -> None:
    """Somebody changes some words on the forum."""
    topic = box.by_id(ident).id
    post = box.first_post(topic)
    assert old in post.raw
    post.wiki = True
    box.edit(topic, post.raw.replace(old, new))


@pytest.mark.parametrize("with_key", [True, False], ids=["key", "fork"])
def test_github_shows_the_plan_of_a_pull_request_and_writes_nothing(
    here: Clone, box: Sandbox, tmp_path: Path, with_key: bool
) -> None:
    begin(here, "github")
    propose(here, "trois", title="Un ```piège``` ::error::</pre> @claire")
    host = GitHub(here, tmp_path / "github")
    refs = host.refs()
    job = host.pull_request("proposition", box.keys["all_users"] if with_key else "")
    assert job.code == 0, job.out
    assert re.search(r"^    \S+ +posts/trois\.md", job.summary, re.MULTILINE)
    assert "posts/un.md" not in job.summary  # what is published already is no news
    assert all(line.startswith(("    ", "### ")) for line in job.summary.splitlines() if line)
    assert "::error" not in job.out
    assert here.writes() == []
    assert box.log == []  # it never has the key, and asks nobody
    assert host.refs() == refs
    assert here.published() == ["deux", "un"]


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_the_job_that_reviews_never_holds_the_key_and_the_others_send_it_to_one_address(
    here: Clone, box: Sandbox, tmp_path: Path, host: Host
) -> None:
    begin(here, host)
    here.post("trois", LONG)
    here.commit()
    here.share()
    key = box.keys["all_users"]
    for address in ("https://kafe.example.org", ""):
        if host == "github":
            github = GitHub(here, tmp_path / f"github-{len(address)}")
            github.address = address
            jobs = [github.on_main(name, key) for name in ("publish", "pull")]
            assert "secrets." not in str(load(github.checkout("main") / ".github/workflows/koweb.yml")["jobs"]["check"])
        else:
            gitlab = GitLab(here, tmp_path / f"gitlab-{len(address)}")
            gitlab.address = address
            jobs = [gitlab.run(f"koweb-{name}", key=key) for name in ("publish", "pull")]
        assert all(job.code == 3 for job in jobs)
        assert all("KOWEB_KAFE_URL" in job.out + job.summary for job in jobs)
    assert box.log == []


def test_github_marks_a_pull_request_with_a_broken_post_and_plans_all_the_same(
    here: Clone, box: Sandbox, tmp_path: Path
) -> None:
    begin(here, "github")
    propose(here, "trois")
    here.git("switch", "--quiet", "proposition")
    here.write("posts/quatre.md", "Sans titre.\n")
    here.commit()
    here.git("push", "--quiet", "origin", "proposition")
    job = GitHub(here, tmp_path / "github").pull_request("proposition")
    assert job.code == 2
    assert "::error file=posts/quatre.md,line=" in job.out
    assert "posts/trois.md" in job.summary


def test_github_publishes_main_once(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    begin(here, "github")
    propose(here, "trois")
    here.git("merge", "--quiet", "proposition")
    here.share()
    host = GitHub(here, tmp_path / "github")
    refs = host.refs()
    assert host.on_main("publish", box.keys["all_users"]).code == 0
    assert here.published() == ["deux", "trois", "un"]
    box.forget()
    assert host.on_main("publish", box.keys["all_users"]).code == 0
    assert box.log == []
    assert host.refs() == refs
    assert host.on_main("publish", "").code == 0  # nothing to do asks for no key


def test_github_opens_one_pull_request_with_the_edits_of_the_forum(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    begin(here, "github")
    host = GitHub(here, tmp_path / "github")
    key = box.keys["all_users"]
    main = host.refs()
    quiet = host.on_main("pull", key)
    assert (quiet.code, host.refs(), host.asked("create")) == (0, main, [])
    edit(box, "un", "deuxième", "second")
    job = host.on_main("pull", key)
    assert job.code == 0, job.out
    [created] = host.asked("create")
    assert created[created.index("--base") + 1] == "main"
    assert created[created.index("--title") + 1] == "Modifications venues du forum"
    refs = host.refs()
    assert {name: sha for name, sha in refs.items() if name != EDITS} == main
    here.git("fetch", "--quiet")
    assert "Un second paragraphe" in here.git("show", "origin/koweb/forum-edits:posts/un.md")
    assert host.on_main("pull", key).code == 0  # a second night without news
    assert (len(host.asked("create")), host.refs()) == (1, refs)
    edit(box, "deux", "troisième", "dernier")
    assert host.on_main("pull", key).code == 0  # news join the pull request that is open
    assert len(host.asked("create")) == 1
    assert host.refs()[EDITS] != refs[EDITS]
    assert here.writes() == []


@pytest.mark.every
def test_github_leaves_a_closed_pull_request_closed_and_begins_again_after_a_squash(
    here: Clone, box: Sandbox, tmp_path: Path
) -> None:
    begin(here, "github")
    host = GitHub(here, tmp_path / "github")
    key = box.keys["all_users"]
    edit(box, "un", "deuxième", "second")
    host.on_main("pull", key)
    host.pulls.write_text(host.pulls.read_text().replace("OPEN", "CLOSED"))
    assert host.on_main("pull", key).code == 0
    assert len(host.asked("create")) == 1
    here.git("fetch", "--quiet")
    here.git("merge", "--quiet", "--squash", "origin/koweb/forum-edits")
    here.git("commit", "--quiet", "--message", here.git("log", "-1", "--format=%B", "origin/koweb/forum-edits"))
    here.share()
    host.pulls.write_text(host.pulls.read_text().replace("CLOSED", "MERGED"))
    assert host.on_main("publish", key).code == 0
    assert host.on_main("pull", key).code == 0
    assert len(host.asked("create")) == 1
    edit(box, "deux", "troisième", "dernier")
    job = host.on_main("pull", key)
    assert job.code == 0, job.out
    assert len(host.asked("create")) == 2
    here.git("fetch", "--quiet")
    assert here.git("diff", "--name-only", "main...origin/koweb/forum-edits") == "posts/deux.md"


def test_github_brings_what_it_can_and_calls_a_person_for_a_conflict(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    begin(here, "github")
    edit(box, "un", "deuxième", "second")
    edit(box, "deux", "deuxième", "second")
    here.reword("un", "deuxième", "2e")
    here.share()
    host = GitHub(here, tmp_path / "github")
    job = host.on_main("pull", box.keys["all_users"])
    assert job.code == 3
    assert "posts/un.md" in job.summary
    assert len(host.asked("create")) == 1
    here.git("fetch", "--quiet")
    assert here.git("diff", "--name-only", "main...origin/koweb/forum-edits") == "posts/deux.md"
    wrong = host.on_main("pull", "a-wrong-key")
    assert wrong.code == 2
    assert "/admin/api/keys" in wrong.summary
    assert len(host.asked("create")) == 1


@pytest.mark.parametrize("with_key", [True, False], ids=["key", "protected"])
def test_gitlab_shows_the_plan_of_a_merge_request_and_writes_nothing(
    here: Clone, box: Sandbox, tmp_path: Path, with_key: bool
) -> None:
    begin(here, "gitlab")
    propose(here, "trois")
    here.reword("un", "deuxième", "second")
    here.push()
    here.share()  # the branch is behind main, and what main published since is no news
    box.forget()
    host = GitLab(here, tmp_path / "gitlab")
    refs = host.refs()
    job = host.run("koweb-check", "proposition", box.keys["all_users"] if with_key else "")
    assert job.code == 0, job.out
    assert "posts/trois.md" in job.summary
    assert "posts/un.md" not in job.summary
    assert here.writes() == []
    assert box.log == []  # it never has the key, and asks nobody
    assert host.refs() == refs


def test_gitlab_publishes_main_and_opens_one_merge_request(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    begin(here, "gitlab")
    host = GitLab(here, tmp_path / "gitlab")
    key = box.keys["all_users"]
    here.post("trois", LONG)
    here.commit()
    here.share()
    main = host.refs()
    job = host.run("koweb-publish", key=key)
    assert job.code == 0, job.out
    assert here.published() == ["deux", "trois", "un"]
    assert host.run("koweb-pull", key=key).code == 0
    assert (host.refs(), host.asked()) == (main, [])
    edit(box, "un", "deuxième", "second")
    job = host.run("koweb-pull", key=key)
    assert job.code == 0, job.out
    asked = host.asked()
    assert {"merge_request.create", "merge_request.target=main"} <= set(asked)
    refs = host.refs()
    assert {name: sha for name, sha in refs.items() if name != EDITS} == main
    assert host.run("koweb-pull", key=key).code == 0
    assert (host.asked(), host.refs()) == (asked, refs)
    assert "a-token" not in (tmp_path / "gitlab" / "run-3" / ".git" / "config").read_text()


@pytest.mark.parametrize("name", ["koweb/kafe", "koweb"])
@pytest.mark.every
def test_a_bookmark_that_is_a_branch_lives_beside_the_branch_of_edits(
    here: Clone, box: Sandbox, tmp_path: Path, name: str
) -> None:
    here.configure(f'bookmark = "{name}"')
    begin(here, "github")
    host = GitHub(here, tmp_path / "github")
    bookmark, edits = f"refs/heads/{name}", EDITS if "/" in name else "refs/heads/koweb-edits"
    main = host.refs()
    assert set(main) == {"refs/heads/main", bookmark}
    here.reword("un", "troisième", "dernier")
    here.share()
    assert host.on_main("publish", box.keys["all_users"]).code == 0
    published = host.refs()
    assert published[bookmark] != main[bookmark]
    propose(here, "trois")
    assert "posts/un.md" not in host.pull_request("proposition").summary
    edit(box, "deux", "deuxième", "second")
    assert host.on_main("pull", box.keys["all_users"]).code == 0
    assert set(host.refs()) == {"refs/heads/main", "refs/heads/proposition", bookmark, edits}
    assert host.refs()[bookmark] == published[bookmark]


def test_gitlab_compares_a_fork_with_the_project_that_it_is_meant_for(
    here: Clone, box: Sandbox, tmp_path: Path
) -> None:
    begin(here, "gitlab")
    host = GitLab(here, tmp_path / "gitlab")
    propose(here, "trois")
    job = host.run("koweb-check", "proposition", fork=True)
    assert job.code == 0, job.out
    assert "posts/trois.md" in job.summary
    assert "posts/un.md" not in job.summary
    assert box.log == []
