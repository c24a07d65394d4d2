"""A pull that waits for a person, who meanwhile does with git what they like: no sentence of anybody is lost, and
nobody's words go out in somebody else's name.
"""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import TEXT, Clone

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."
OWN = "Une phrase de Frédéric, à laquelle il tient."
SIGNS = ("<<<<<<< git\n", "=======\n", ">>>>>>> forum\n")


def clash(here: Clone, box: Sandbox, *idents: str) -> str:
    """The same sentence of each post changed on both sides, by another person each; the commit before the pull."""
    here.post("libre", LONG)
    for ident in idents:
        here.post(ident, LONG)
    here.commit()
    here.push()
    for ident, who in zip(idents, ("claire", "bilal"), strict=False):
        topic = box.by_id(ident).id
        box.first_post(topic).wiki = True
        box.edit(topic, LONG.replace("deuxième", "second"), username=who)
        here.reword(ident, "deuxième", "nouveau")
    before = here.git("rev-parse", "HEAD")
    here.run("pull", code=3)
    return before


def unresolved(here: Clone) -> list[str]:
    """The paths that git holds unmerged."""
    return here.git("diff", "--name-only", "--diff-filter=U").splitlines()


def keep_both(here: Clone, *paths: str) -> None:
    """Resolve conflicts: both sides stay, one after the other."""
    for path in paths or unresolved(here):
        text = here.read(path)
        for sign, instead in zip(SIGNS, ("", "\n", ""), strict=True):
            text = text.replace(sign, instead)
        here.write(path, text)


# ---- marks


@pytest.mark.parametrize("left", [0, 1, 2])
def test_marks_that_were_staged_are_still_marks(here: Clone, box: Sandbox, left: int) -> None:
    clash(here, box, "un")
    text = here.read("posts/un.md")
    for number, sign in enumerate(SIGNS):
        text = text if number == left else text.replace(sign, "")
    here.write("posts/un.md", text)
    here.git("add", "posts/un.md")
    assert "posts/un.md" in here.run("pull", "--continue", code=3).err
    assert here.read("posts/un.md") == text
    here.write("posts/un.md", text.replace(SIGNS[left], ""))
    here.git("add", "posts/un.md")
    here.run("pull", "--continue")


def test_marks_that_somebody_committed_are_not_published(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un")
    here.git("add", "--all")
    here.git("-c", "core.editor=true", "cherry-pick", "--continue")
    theirs = here.raw("un")
    run = here.run("check", code=2)
    assert "posts/un.md:7" in run.out
    assert "posts/un.md:7" in here.push(code=2).err
    assert here.raw("un") == theirs
    keep_both(here, "posts/un.md")
    here.commit()
    here.push()
    assert "second" in here.raw("un")
    assert "nouveau" in here.raw("un")


def test_a_post_about_marks_may_show_them(here: Clone, box: Sandbox) -> None:
    shown = "```\n" + "Un deuxième côté\n".join(SIGNS) + "```"
    quoted = "\n".join([">>>>>>> Une réponse à une réponse", "", "Un titre", "=======", ""])
    here.post("un", f"{LONG}\n\n{shown}\n\n{quoted}")
    here.commit()
    here.push()
    raw = here.raw("un")
    box.edit(box.by_id("un").id, raw.replace("troisième", "dernier"))
    here.reword("un", "troisième", "ultime")
    here.run("pull", code=3)
    text = here.read("posts/un.md")
    start, end = text.rindex(SIGNS[0], 0, text.index("ultime")), text.index(SIGNS[2]) + len(SIGNS[2])
    here.write("posts/un.md", f"{text[:start]}Et un autre, pour finir en beauté.\n{text[end:]}")
    here.run("pull", "--continue")
    here.push()
    assert here.raw("un") == raw.replace("troisième", "autre")


# ---- what a person did meanwhile


def test_a_staged_draft_survives_an_abort(here: Clone, box: Sandbox) -> None:
    before = clash(here, box, "un")
    here.post("brouillon", OWN)
    here.write("posts/libre.md", here.read("posts/libre.md") + OWN)
    here.git("add", "posts/brouillon.md", "posts/libre.md")
    here.run("pull", "--abort")
    assert here.git("rev-parse", "HEAD") == before
    assert OWN in here.read("posts/brouillon.md")
    assert OWN in here.read("posts/libre.md")
    assert here.git("status", "--porcelain").splitlines() == [" M posts/libre.md", "?? posts/brouillon.md"]


def test_what_is_only_staged_stops_an_abort(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un")
    here.write("posts/libre.md", here.read("posts/libre.md") + OWN)
    here.git("add", "posts/libre.md")
    here.write("posts/libre.md", here.read("posts/libre.md").replace(OWN, "Autre chose."))
    assert "posts/libre.md" in here.run("pull", "--abort", code=2).err
    assert OWN in here.git("show", ":posts/libre.md")
    assert unresolved(here) == ["posts/un.md"]


def test_nobody_signs_what_another_person_staged(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un")
    here.write("posts/libre.md", here.read("posts/libre.md") + OWN)
    here.git("add", "posts/libre.md")
    keep_both(here)
    assert "posts/libre.md" in here.run("pull", "--continue", code=2).err
    here.git("restore", "--staged", "posts/libre.md")
    here.run("pull", "--continue")
    assert here.git("show", "--format=%an", "--name-only").split("\n") == ["Claire Moreau", "", "posts/un.md"]
    assert OWN in here.read("posts/libre.md")


def test_a_file_that_moved_while_it_waited_is_continued(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un")
    keep_both(here)
    here.git("add", "--all")
    here.git("mv", "posts/un.md", "posts/renommé.md")
    here.run("pull", "--continue")
    here.push()
    assert "second" in here.raw("un")
    assert here.git("status", "--porcelain") == ""


@pytest.mark.parametrize("staged", [True, False])
def test_nobody_removes_a_file_in_another_persons_name(here: Clone, box: Sandbox, staged: bool) -> None:
    clash(here, box, "un")
    (here.folder / "posts/un.md").unlink()
    here.git("add", "--all") if staged else None
    assert "posts/un.md" in here.run("pull", "--continue", code=3).err
    here.git("checkout", "HEAD", "--", "posts/un.md")
    here.run("pull", "--continue")
    assert "nouveau" in here.read("posts/un.md")


def test_own_commits_survive_an_abort(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un", "deux")
    keep_both(here)
    here.git("commit", "--quiet", "--all", "--message", "Resolve by hand")
    here.post("brouillon", OWN)
    mine = here.commit("A draft")
    here.run("pull", "--continue", code=3)
    assert len(unresolved(here)) == 1
    run = here.run("pull", "--abort")
    assert "as it was before" not in run.err
    assert here.git("rev-parse", "HEAD") == mine
    assert OWN in here.read("posts/brouillon.md")
    assert here.git("status", "--porcelain") == ""
    here.run("pull", code=3)


def test_an_abort_after_one_of_two_was_continued_undoes_both(here: Clone, box: Sandbox) -> None:
    before = clash(here, box, "un", "deux")
    keep_both(here)
    here.run("pull", "--continue", code=3)
    assert "as it was before" in here.run("pull", "--abort").err
    assert here.git("rev-parse", "HEAD") == before


def test_what_waits_is_named_and_what_comes_later_too(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un", "deux")
    (first,) = unresolved(here)
    assert f"{first}." in here.run("pull", code=3).err
    keep_both(here)
    here.git("add", "--all")
    assert "everything is resolved" in here.run("pull", code=3).err
    (second,) = {"posts/un.md", "posts/deux.md"} - {first}
    assert second in here.run("pull", "--continue", code=3).err


@pytest.mark.parametrize("how", ["--continue", "--skip", "--abort", "commit", "reset"])
def test_what_was_ended_with_git_itself_does_not_wait_any_more(here: Clone, box: Sandbox, how: str) -> None:
    clash(here, box, "un")
    theirs = here.raw("un")
    if how in ("--continue", "commit"):
        keep_both(here)
        here.git("add", "--all")
    if how == "commit":
        here.git("commit", "--quiet", "--message", "In my own words")
    elif how == "reset":
        here.git("reset", "--quiet", "--hard")
    else:
        here.git("-c", "core.editor=true", "cherry-pick", how)
    for word in ("--continue", "--abort"):
        assert "koweb pull" in here.run("pull", word, code=2).err
    if how == "--continue":
        here.run("sync")
        assert "second" in here.raw("un")
    else:
        here.push(code=3)
        assert here.raw("un") == theirs
        assert "second" in here.git("log", "-p", "--all")
        here.run("pull", code=3)
        keep_both(here)
        here.run("pull", "--continue")
        here.push()
        assert "second" in here.raw("un")


def test_a_cherry_pick_of_ones_own_is_none_of_the_pull(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un")
    here.git("cherry-pick", "--abort")
    here.git("switch", "--quiet", "--create", "side", "HEAD~1")
    here.reword("un", "deuxième", "troisième")
    here.git("switch", "--quiet", "main")
    here.git("cherry-pick", "side", ok=(1,))
    text = here.read("posts/un.md")
    for word in ("--continue", "--abort"):
        here.run("pull", word, code=2)
    assert "cherry-pick is under way" in here.run("pull", code=2).err
    here.run("status")
    assert here.read("posts/un.md") == text
    assert unresolved(here) == ["posts/un.md"]


def test_a_note_that_is_broken_leaves_the_pull_to_git(here: Clone, box: Sandbox) -> None:
    before = clash(here, box, "un")
    here.write(".git/koweb/kafe/pull.json", '{"before": ')
    here.run("status")
    here.run("pull", "--abort", code=2)
    here.git("cherry-pick", "--abort")
    assert here.git("rev-parse", "HEAD") == before
    here.run("pull", code=3)
    here.run("pull", "--abort")


@pytest.mark.parametrize("conflict", [True, False])
def test_another_git_at_work_is_named_and_changes_nothing(here: Clone, box: Sandbox, conflict: bool) -> None:
    before = clash(here, box, "un")
    here.run("pull", "--abort")
    if not conflict:
        before = here.git("reset", "--quiet", "--hard", "HEAD~1") or here.git("rev-parse", "HEAD")
    lock = here.write(".git/index.lock", "")
    run = here.run("pull", code=1)
    assert "index.lock" in run.err
    assert "stash" not in run.err
    lock.unlink()
    assert here.git("rev-parse", "HEAD") == before
    here.run("pull", code=3 if conflict else 0)


def test_on_another_branch_nothing_is_continued_or_undone(here: Clone, box: Sandbox) -> None:
    here.git("branch", "other")
    clash(here, box, "un", "deux")
    (path,) = unresolved(here)
    keep_both(here)
    here.git("add", "--all")
    text = here.read(path)
    here.git("branch", "--force", "other", "HEAD")
    here.git("checkout", "--quiet", "other")
    head = here.git("rev-parse", "HEAD")
    for word in ("--continue", "--abort"):
        run = here.run("pull", word, code=2)
        assert "main" in run.err
    assert here.git("rev-parse", "HEAD") == head
    assert here.read(path) == text


def test_two_work_trees_wait_each_for_itself(here: Clone, box: Sandbox) -> None:
    before = clash(here, box, "un")
    here.git("worktree", "add", "--quiet", "../beside", "-b", "beside", "main")
    beside = Clone(here.folder.parent / "beside", box)
    beside.run("pull", code=3)
    beside.run("pull", "--abort")
    assert unresolved(here) == ["posts/un.md"]
    keep_both(here)
    here.run("pull", "--continue")
    assert beside.git("rev-parse", "HEAD") == before
    here.push()
    assert "second" in here.raw("un")


# ---- git's own settings


def test_git_that_remembers_resolutions_does_not_decide_alone(here: Clone, box: Sandbox) -> None:
    here.git("config", "rerere.enabled", "true")
    here.git("config", "rerere.autoUpdate", "true")
    before = clash(here, box, "un")
    keep_both(here)
    here.run("pull", "--continue")
    here.git("reset", "--quiet", "--hard", before)
    here.run("pull", code=3)
    assert unresolved(here) == ["posts/un.md"]
    here.run("pull", "--continue")
    here.push()


@pytest.mark.parametrize("name", ["merge.autoStash true", "branch.main.mergeOptions --squash", "merge.ff false"])
def test_settings_of_git_do_not_change_what_a_pull_is(here: Clone, box: Sandbox, name: str) -> None:
    here.post("un", LONG)
    here.commit()
    here.push()
    here.git("config", *name.split())
    box.edit(box.by_id("un").id, LONG.replace("deuxième", "second"))
    here.write("posts/un.md", here.read("posts/un.md").replace("deuxième", "nouveau"))
    assert "git stash" in here.run("pull", code=2).err
    assert "nouveau" in here.read("posts/un.md")
    here.git("checkout", "--", "posts/un.md")
    here.run("pull")
    assert here.git("log", "-1", "--format=%an") == "Claire Moreau"
    assert here.git("status", "--porcelain") == ""


def test_a_hook_that_refuses_is_quoted_and_can_be_satisfied(here: Clone, box: Sandbox) -> None:
    clash(here, box, "un")
    hook = here.write(".git/hooks/pre-commit", "#!/bin/sh\necho Une faute à la ligne 3\nexit 1\n")
    hook.chmod(0o755)
    keep_both(here)
    run = here.run("pull", "--continue", code=1)
    assert "git commit" in run.err
    assert "Une faute à la ligne 3" in run.err
    hook.unlink()
    here.run("pull", "--continue")
    assert here.git("log", "-1", "--format=%an") == "Claire Moreau"


HOSTILE = (
    *("color.ui always", "core.quotePath true", "core.abbrev 4", "core.commentChar -", "core.pager false"),
    *("commit.cleanup scissors", "commit.verbose true", "diff.external /bin/false", "diff.noprefix true"),
    *("diff.renames copies", "format.pretty oneline", "grep.patternType fixed", "i18n.commitEncoding ISO-8859-1"),
    *("i18n.logOutputEncoding ISO-8859-1", "log.abbrevCommit true", "log.follow true", "log.showSignature true"),
    *("merge.conflictStyle zdiff3", "merge.renames false", "merge.verifySignatures true", "push.default nothing"),
    *("status.branch true", "status.short true", "status.showUntrackedFiles no", "trailer.separators ="),
)


def test_no_setting_of_gits_changes_what_is_brought_and_published(here: Clone, box: Sandbox) -> None:
    for setting in HOSTILE:
        here.git("config", *setting.split())
    clash(here, box, "un", "deux")
    for code in (3, 0):
        (path,) = unresolved(here)
        base = [line for line in here.read(path).split("\n") if line.startswith("||||||| ")]
        here.write(path, here.read(path).replace(f"{base[0]}\n", ""))
        keep_both(here)
        here.run("pull", "--continue", code=code)
    head = here.git("rev-parse", "HEAD")
    said = here.git("-c", "i18n.logOutputEncoding=UTF-8", "log", "--no-show-signature", "-1", "--format=%B")
    assert f"\n- {said.splitlines()[0].removeprefix('Forum : ')}\n" in said
    here.push()
    here.run("sync")
    assert here.git("rev-parse", "HEAD") == head
    for ident in ("un", "deux"):
        assert all(word in here.raw(ident) for word in ("second", "nouveau"))
