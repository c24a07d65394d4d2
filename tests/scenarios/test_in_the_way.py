"""Files of the user's where a pull or an adoption would write, files that nobody can read, and what a file is besides
its text: nothing is overwritten, removed or passed over without a word.
"""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("2022")

LONG = f"{TEXT}\n\nUn deuxième paragraphe, qui parle d'autre chose.\n\nEt un troisième, pour finir en beauté."
OWN = "Une phrase de Frédéric, à laquelle il tient."
NAME = "quel-outil-pour-prendre-des-notes-a"
ADOPTED = f"posts/outils/{NAME}.md"


def publish(here: Clone, *idents: str) -> None:
    """Publish a post for each id."""
    for ident in idents:
        here.post(ident, LONG)
    here.commit()
    here.push()


def rewrite(box: Sandbox, ident: str, old: str, new: str) -> None:
    """Claire changes some words on the forum."""
    topic = box.by_id(ident).id
    box.edit(topic, box.first_post(topic).raw.replace(old, new))


@pytest.mark.parametrize("ignored", [True, False])
def test_an_adopted_topic_takes_a_name_that_no_file_has(here: Clone, box: Sandbox, ignored: bool) -> None:
    here.write(".gitignore", "posts/outils/*.md\n" if ignored else "build/\n")
    here.commit()
    here.write(ADOPTED, OWN)
    here.run("adopt", "2")
    assert here.read(ADOPTED) == OWN
    assert here.git("ls-files", "posts") == f"posts/outils/{NAME[:38]}-2.md"


@pytest.mark.parametrize("what", ["file", "link", "untracked", "ignored"])
def test_a_file_or_a_link_does_not_become_a_folder(here: Clone, box: Sandbox, what: str) -> None:
    here.write("textes/libre.md", OWN)
    if what == "link":
        (here.folder / "posts").mkdir()
        (here.folder / "posts/outils").symlink_to("../textes")
    else:
        here.write("posts/outils", OWN)
    if what == "ignored":
        here.write(".gitignore", "outils\n")
    if what != "untracked":
        here.commit()
    head = here.git("rev-parse", "HEAD")
    assert "posts/outils" in here.run("adopt", "2", code=2).err
    assert here.git("rev-parse", "HEAD") == head
    there = here.folder / "posts/outils"
    assert there.is_symlink() if what == "link" else there.read_text(encoding="utf-8") == OWN


def test_the_folder_of_the_posts_may_be_a_link_out_and_stays_one(here: Clone, box: Sandbox) -> None:
    here.write("ailleurs/libre.md", OWN)
    (here.folder / "posts").symlink_to("ailleurs")
    here.commit()
    for words in (("adopt", "2"), ("check",), ("push",), ("pull",)):
        assert "posts" in here.run(*words, code=2).err
    assert (here.folder / "posts").is_symlink()
    assert here.git("ls-files", "--stage", "posts").startswith("120000")


@pytest.mark.parametrize("conflict", [True, False])
@pytest.mark.parametrize("ignored", [True, False])
def test_an_image_takes_a_name_that_no_file_has(here: Clone, box: Sandbox, ignored: bool, conflict: bool) -> None:
    here.write(".gitignore", "img/\n" if ignored else "build/\n")
    publish(here, "un")
    with box.state.lock:
        stored = box.state.store("photo.png", PNG, (3, 2), 1)
    rewrite(box, "un", "deuxième", f"second ![Une photo|3x2]({stored.short_url})")
    if conflict:
        here.reword("un", "deuxième", "nouveau")
    here.write("posts/img/une-photo.png", OWN)
    here.run("pull", "--download", code=3 if conflict else 0)
    assert here.read("posts/img/une-photo.png") == OWN
    assert (here.folder / "posts/img/une-photo-2.png").read_bytes() == PNG
    assert "img/une-photo-2.png" in here.read("posts/un.md")


def test_an_ignored_file_is_never_overwritten(here: Clone, box: Sandbox) -> None:
    """Somebody put the post into git elsewhere; here the path is one that git ignores."""
    publish(here, "un")
    here.write(".gitignore", "posts/un.md\n")
    here.commit()
    rewrite(box, "un", "deuxième", "second")
    here.git("update-index", "--skip-worktree", "posts/un.md")
    here.write("posts/un.md", OWN)
    here.run("pull", code=2)
    assert here.read("posts/un.md") == OWN


@pytest.mark.parametrize("conflict", [True, False])
def test_a_file_that_may_be_run_stays_so(here: Clone, box: Sandbox, conflict: bool) -> None:
    publish(here, "un")
    (here.folder / "posts/un.md").chmod(0o755)
    here.commit()
    rewrite(box, "un", "deuxième", "second")
    if conflict:
        here.reword("un", "deuxième", "nouveau")
    here.run("pull", code=3 if conflict else 0)
    assert {line[:6] for line in here.git("ls-files", "--stage", "posts").splitlines()} == {"100755"}


@pytest.mark.parametrize("how", ["yaml", "empty", "latin", "twice"])
def test_p15_a_file_that_cannot_be_compared_is_named(here: Clone, box: Sandbox, how: str) -> None:
    publish(here, "un", "deux")
    rewrite(box, "un", "deuxième", "second")
    rewrite(box, "deux", "deuxième", "second")
    text = here.read("posts/un.md")
    if how == "twice":
        here.write("posts/copie.md", text)
    else:
        broken: dict[str, bytes] = {"yaml": b"---\ntitle: [\n---\n", "empty": b"", "latin": text.encode("latin-1")}
        here.write("posts/un.md", broken[how])
    here.commit()
    for words in ("fetch", "pull"):
        run = here.run(words, code=3)
        assert "posts/un.md" in run.err
    assert "second" in here.read("posts/deux.md")
    here.write("posts/un.md", text)
    if how == "twice":
        here.git("rm", "--quiet", "posts/copie.md")
    here.commit()
    here.run("pull")
    assert "second" in here.read("posts/un.md")


def test_a_draft_that_nobody_can_read_is_no_matter_for_a_pull(here: Clone, box: Sandbox) -> None:
    publish(here, "un")
    here.write("posts/brouillon.md", "Pas encore de titre.")
    here.commit()
    rewrite(box, "un", "deuxième", "second")
    here.run("pull")
    assert "second" in here.read("posts/un.md")


@pytest.mark.parametrize("side", ["", "ours", "theirs"])
def test_what_git_takes_for_no_text_is_a_conflict_that_shows_both(here: Clone, box: Sandbox, side: str) -> None:
    publish(here, "un")
    rewrite(box, "un", "deuxième", "second")
    here.reword("un", "deuxième", "deu\0xième")
    if side:
        here.run("pull", f"--{side}")
        assert ("second" in here.read("posts/un.md")) == (side == "theirs")
        return
    here.run("pull", code=3)
    text = here.read("posts/un.md")
    assert text.index("<<<<<<< git") < text.index("deu\0xième") < text.index("=======") < text.index("second")
    here.run("pull", "--continue", code=3)
