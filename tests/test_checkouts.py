"""Work trees that are a part of the repository, or hold other files than git does."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("2022")

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose."
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 70000\n"


@pytest.fixture
def part(here: Clone) -> Clone:
    """A clone that leaves out the posts of one folder, and the picture that they use."""
    here.write("posts/bases/img.png", PNG)
    here.post("loin", f"{LONG}\n\n![là](img.png)", path="posts/bases/loin.md")
    here.post("un", f"{TEXT} [loin](bases/loin.md)", path="posts/un.md")
    here.commit()
    here.push()
    here.share()
    clone = here.clone("part")
    clone.git("sparse-checkout", "set", "--no-cone", "/*", "!/posts/bases")
    assert not (clone.folder / "posts/bases").exists()
    return clone


def test_what_a_sparse_checkout_leaves_out_is_no_error(part: Clone) -> None:
    run = part.run("check")
    assert "2 post files, 0 errors" in run.err
    part.run("status")
    assert "posts/bases" not in part.run("push").err


def test_a_post_outside_of_a_sparse_checkout_is_merged_and_resolved(part: Clone, box: Sandbox) -> None:
    topic = box.by_id("loin").id
    box.edit(topic, box.first_post(topic).raw.replace("deuxième", "second"), username="claire")
    part.run("pull")
    assert "second" in part.git("show", "HEAD:posts/bases/loin.md")
    box.edit(topic, box.first_post(topic).raw.replace("second", "dernier"), username="claire")
    blob = part.git("show", "HEAD:posts/bases/loin.md").replace("second", "ultime") + "\n"
    part.write("posts/bases/loin.md", blob)
    part.git("update-index", "--add", "posts/bases/loin.md")
    part.git("commit", "--quiet", "--message", "Ultime")
    part.git("sparse-checkout", "reapply")
    part.run("pull", code=3)
    text = part.read("posts/bases/loin.md")
    assert all(word in text for word in ("<<<<<<< git", "ultime", "dernier"))
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
    part.write("posts/bases/loin.md", "".join(lines))
    part.run("pull", "--continue")
    part.push()
    assert all(word in part.raw("loin") for word in ("ultime", "dernier"))


def test_a_removed_file_that_git_does_not_know_of_is_no_unreadable_one(here: Clone) -> None:
    here.post("un", f"{TEXT} [deux](deux.md)")
    here.post("deux")
    here.commit()
    (here.folder / "posts/deux.md").unlink()
    run = here.run("check", code=2)
    assert "posts/un.md" in run.out
    assert "posts/deux.md:" not in run.out


def test_check_and_push_say_the_same_of_files_that_git_lfs_keeps(here: Clone) -> None:
    here.write("posts/img.png", POINTER)
    here.write("posts/lu.md", POINTER)
    here.post("un", f"{TEXT} ![image](img.png)")
    here.post("deux")
    here.write(".gitattributes", "*.png filter=lfs\nlu.md filter=lfs\n")
    here.commit()
    here.write("posts/img.png", PNG)  # as git-lfs puts them there
    here.post("lu")
    run, sent = here.run("check", code=2), here.push(code=2)
    for path in ("posts/un.md", "posts/lu.md"):
        assert path in run.out
        assert path in sent.err
    assert "LFS" in run.out
    assert here.published() == ["deux"]
    here.write(".gitattributes", "*.png filter=lfs\nlu.md filter=lfs\n# no git-lfs: the files themselves\n")
    here.git("update-index", "--refresh", ok=(0, 1))
    here.commit()
    here.run("check")
    here.push()
    assert here.published() == ["deux", "lu", "un"]
