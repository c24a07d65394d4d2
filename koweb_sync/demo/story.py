"""What the demonstration shows, step by step: the way of a post to the forum, and what becomes of the talk there."""

import importlib
import json
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from koweb_sync import safe_files
from koweb_sync.demo.stage import Demo
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.install import how_to_install
from koweb_sync.sandbox.model.records import PostRecord, TopicRecord

NEEDED = ("koweb_sync.archive.store.store", "koweb_sync.report.compute")
TO_LISTEN = ("koweb_sync.listen.server", "koweb_sync.listen.measures")
REPORTS = "posts/rapports"
LETTERS = "posts/lettres"


def play(demo: Demo) -> None:
    """The whole story, as far as the extras that are installed allow."""
    publish(demo)
    if not able():
        demo.say(_("# The archive and the report are shown, too. {how}").format(how=how_to_install("demo")))
        return
    keep(demo)
    follow(demo)
    tell(demo)


def able(needed: Sequence[str] = NEEDED) -> bool:
    """Whether an archive and a report can be made here; or what else is needed."""
    try:
        for name in needed:
            importlib.import_module(name)
    except ImportError:
        return False
    return True


# ---- a post goes to the forum


def publish(demo: Demo) -> None:
    """Check, publish, publish again, edit a post, publish that; and what the forum refuses to lose."""
    say = demo.say
    say(
        _("# A forum is running at {url}. The posts are in a git repository, as yours would be.").format(
            url=demo.box.url
        )
    )
    demo.run("koweb", "doctor")
    demo.run("koweb", "check")
    demo.run("koweb", "plan")
    demo.run("koweb", "push")
    say(_("# Once more: nothing changed, so nothing is sent."))
    demo.run("koweb", "push")
    say(_("# Somebody rewords a post in the editor. One post, one request."))
    reword(demo)
    demo.run("git", "commit", "--quiet", "--all", "--message", _("Say it more simply"))
    demo.run("koweb", "diff")
    demo.run("koweb", "push")
    say(_("# Meanwhile Claire edits that post on the forum, and the file changes again: nothing is overwritten."))
    claire_edits(demo)
    reword(demo)
    demo.run("git", "commit", "--quiet", "--all", "--message", _("Say it once more"))
    demo.run("koweb", "push", ok=(3,))
    say(
        _("# Readers may know that a text is versioned, and how to change it: a theme component notes it under topics.")
    )
    demo.run("koweb", "component", "install", "--yes")


def reword(demo: Demo) -> None:
    """One more sentence in one post."""
    more = "\nUne question bien posée vaut mieux qu'une réponse toute prête.\n"
    safe_files.append(demo.folder, "posts/bases/role.md", more.encode())


def claire_edits(demo: Demo) -> None:
    """A moderator edits the same post in the browser."""
    topic = next(t for t in demo.box.topics() if t.external_id == "koweb-role-et-posture")
    raw = demo.box.first_post(topic.id).raw
    demo.box.edit(topic.id, raw + "\n\nMerci pour ce texte !", username="claire", reason="Merci")


# ---- what people say there is kept


def keep(demo: Demo) -> None:
    """Archive a month of talk, prove that it is all there, search it; and once more, when two things are new."""
    say, topic = demo.say, anniversary(demo)
    say(_("# Forty people have talked on this forum for a month. Saved queries let the archive read it all at once."))
    demo.run("koweb", "doctor", "--save-query")
    demo.run("koweb", "archive")
    demo.run("koweb", "archive", "verify")
    demo.run("koweb", "archive", "search", "silences", "--limit", "3")
    for name in demo.month.not_counted:
        say(_("# {name} asked not to be counted: in reports there is nothing about them.").format(name=name))
        demo.run("koweb", "archive", "consent", name, "--not-counted")
    say(_("# Claire adds a question to a post, and somebody likes an answer. Only what is new is read."))
    more = _("And which one did you nearly not write?")
    demo.box.edit(topic.id, f"{demo.box.first_post(topic.id).raw} {more}", username="claire")
    like(demo, topic)
    before = len(demo.box.log)
    demo.run("koweb", "archive")
    n = len(demo.box.log) - before
    say(ngettext("# That took {n} request.", "# That took {n} requests.", n).format(n=number(n)))


def anniversary(demo: Demo) -> TopicRecord:
    """The last topic that Claire opened."""
    claire = demo.box.state.user("claire").id
    return max((one for one in demo.box.topics() if one.user_id == claire), key=lambda one: one.created_at)


def like(demo: Demo, topic: TopicRecord) -> None:
    """The first facilitator who has not done so yet likes the first answer: nobody who is left aside is touched."""
    state = demo.box.state
    answer: PostRecord = state.posts[topic.post_ids[1]]
    known = {who for who, _at in answer.likes} | {answer.user_id}
    name = next(one for one in demo.month.facilitators if state.user(one).id not in known)
    demo.box.like(answer.id, username=name)


def follow(demo: Demo) -> None:
    """The forum tells what happens, and the archive has it moments later."""
    if not able(TO_LISTEN):
        return
    say, topic = demo.say, anniversary(demo)
    say(_("# Nobody has to start that by hand: the forum tells what happens, and the archive follows."))
    with demo.beside("koweb", "listen", "--port", "0", "--no-daily") as listener:
        demo.run("koweb", "listen", "--install", heard(listener, "listening")["url"], "--yes")
        say(_("# Claire adds one more word."))
        word = _("Applause!")
        began = time.monotonic()
        demo.box.edit(topic.id, f"{demo.box.first_post(topic.id).raw} {word}", username="claire")
        heard(listener, "read")
        n = round(time.monotonic() - began)
        say(
            ngettext("# {n} second later it is archived.", "# {n} seconds later it is archived.", n).format(n=number(n))
        )


def heard(listener: "subprocess.Popen[bytes]", event: str) -> dict[str, Any]:
    """What it logs of an event, once it does. Raises KowebError where it ends before."""
    for line in listener.stderr or ():
        told: dict[str, Any] = json.loads(line)
        if told["event"] == event:
            return told
    raise KowebError(_("“{command}” ended by itself.").format(command="koweb listen"))


# ---- what the archive says of them


def tell(demo: Demo) -> None:
    """Who is left aside: a list and a page for facilitators; and two posts for everybody, which name nobody: a report,
    and a letter.
    """
    say = demo.say
    say(_("# Is anybody waiting for an answer? Only facilitators see who: this list, and a page that explains it."))
    demo.run("koweb", "report", "--watch-list", ok=(3,))
    demo.run("koweb", "report", "--audience", "facilitators", "--output", str(demo.page))
    say(_("# For everybody there is a post that names nobody: reviewed in git, and published like any other."))
    demo.run("koweb", "report", "--into", REPORTS)
    demo.run("git", "add", REPORTS)
    demo.run("git", "commit", "--quiet", "--message", _("Report on the month"), "--", REPORTS)
    demo.run("koweb", "push", "--only", REPORTS)
    say(_("# And a letter for those who did not come, as a draft. What it quotes stands word for word in a post."))
    demo.run("koweb", "letter", "--since", _("30d"), "--until", "now", "--into", LETTERS)
    demo.run("git", "add", LETTERS)
    demo.run("git", "commit", "--quiet", "--message", _("Letter of the month"), "--", LETTERS)
    demo.run("koweb", "push", "--only", LETTERS)
