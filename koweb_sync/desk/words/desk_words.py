"""What checks, plans, publications and the forum's news say, in words of the desk.

Those texts are worded for whoever types commands. Here stands, for each that can reach a page, what a page says
instead. `refusals.py` does the same for errors, by their kinds, and asks this table first.
"""

import re
from collections.abc import Callable
from functools import cache, partial

from koweb_sync.i18n import _, active, catalog, ngettext

FIELD = re.compile(r"\{(\w+)\}")
NUMBERS, DIGITS = frozenset(["n", "topic", "known", "line"]), r"\d[\d\u202f,]*"
ENDS = (".", "!", "?", ")")  # of a sentence: in names of files, such a sign goes on
Instead = Callable[[], str]
Counted = Callable[[int], str]

OF_FILES: dict[str, Instead] = {  # what is wrong with a file
    "This is named as a translation of {original}, which is not there.": lambda: _("Its original is not there."),
    (
        "Put the original back; if it was renamed, rename this file, too; if it is to go, remove this file. Another "
        "post needs an id."
    ): lambda: _("Open the translation: there, you put the original back, or delete the translation, too."),
    "The title “{value}” is also used by {others}. The forum takes each title once.": lambda: _(
        "Another text has this title: {others}. The forum takes each title once: choose another one."
    ),
    "A conflict of git stands here. Keep what is right, and delete the marks (<<<<<<<, =======, >>>>>>>).": lambda: _(
        "Two versions of this place stand here, one below the other. Keep what is right, and delete the marks "
        "(<<<<<<<, =======, >>>>>>>)."
    ),
    (
        "“{said}” lies in the future, and koweb publishes at the next push. Write “draft: true” until that day, or "
        "remove this line."
    ): lambda: _(
        "“{said}” lies in the future, and koweb publishes as soon as you do. Make a draft of it until that day, or "
        "remove this line."
    ),
    "“{key}” takes a date, and says “{value}”.": lambda: _("“{value}” is no date."),
    "The key “{key}” means nothing to koweb. It is kept, and not published.": lambda: _(
        "The line “{key}: …” at the head of the file means nothing to koweb. It is kept, and not published."
    ),
    "Rename it, and commit.": lambda: _("Give it another name."),
    "“koweb check --fix” writes one, made from the title.": lambda: _(
        "Write a line such as “id: my-title” below the title: short, and used by no other message."
    ),
    "To YAML, “{said}” is a comment: the post has no tags. Write: {list}": lambda: _(
        "“{said}” counts as a remark: the message has no tags. Write them into the field “Tags”."
    ),
    "“{said}” may be one tag or {n}. Write for one: {one} and for {n}: {many}": lambda: _(
        "“{said}” may be one tag or {n}. Put commas between several; behind one alone, put a comma, too."
    ),
    "Add a line “title: …” to the front matter.": lambda: _("Add a line “title: …” to the first lines of the file."),
    "This file has no front matter.": lambda: _("This file does not begin with a title, as a message does."),
    "The front matter is in {form}.": lambda: _("The first lines of this file are in {form}."),
    "“koweb import {path} --in-place” writes one, with a title and an id, and shows first what it would write.": (
        lambda: _("Put these lines above the text: “---”, “title: My title”, “id: my-title”, and “---” again.")
    ),
    "The front matter is not closed.": lambda: _("The first lines of the file are not closed."),
    "Write a line with three dashes (---) after its last key.": lambda: _(
        "Write a line with three dashes (---) between them and the text."
    ),
    "The front matter is larger than 64 kB.": lambda: _("The first lines of the file are larger than 64 kB."),
    "There is something before the front matter.": lambda: _("There is something above the first three dashes."),
    "The front matter is not a list of keys.": lambda: _("The first lines of the file cannot be read."),
    "Each of its lines is a key: “title: My title”.": lambda: _("Each of them is like this: “title: My title”."),
    "The front matter cannot be read as YAML.": lambda: _("The first lines of the file cannot be read."),
    "Each line is a key, a colon, a space and a value; a value with special signs needs quotes.": lambda: _(
        "Each of them is a word, a colon, a space and what it says; what has special signs needs quotes."
    ),
    "The front matter holds a control character.": lambda: _(
        "The first lines of the file hold a sign that nobody can see."
    ),
    "The front matter has more than {n} keys and values.": lambda: _(
        "The first lines of the file say more than {n} things."
    ),
    "The front matter uses an anchor or an alias (& or *).": lambda: _(
        "The first lines of the file use “&” or “*”, which stand for something else there."
    ),
    "The front matter is nested too deeply.": lambda: _("The first lines of the file are nested too deeply."),
    "The front matter is written in braces {…}.": lambda: _("The first lines of the file are written in braces {…}."),
    "Write one key a line, then try again.": lambda: _("Write each thing on a line of its own, then try again."),
    "The key “{key}” stands here and in line {line}.": lambda: _("“{key}” stands here and in line {line}."),
    "A translation has no key “{key}”: its original says that for both.": lambda: _(
        "A translation does not say “{key}”: its original says that for both."
    ),
    "Write it below the front matter.": lambda: _("Write it below the first lines."),
    "“{url}” does not exist, or is not committed: it is counted from {root}.": lambda: _(
        "“{url}” is not in this folder: it is counted from {root}."
    ),
    "“{url}” does not exist, or is not committed. Perhaps {other} is meant.": lambda: _(
        "“{url}” is not in this folder. Perhaps {other} is meant."
    ),
    "The image “{url}” does not exist, or is not committed.": lambda: _("The picture “{url}” is not in this folder."),
    "“{url}” does not exist, or is not committed.": lambda: _("“{url}” is not in this folder."),
    "the repository's root": lambda: _("the top of the folder"),
    "{path} is only a Git LFS pointer here. Fetch the file (git lfs pull) and commit it as it is.": lambda: _(
        "{path} is only a sign for a file that is kept elsewhere: whoever looks after this folder brings it here."
    ),
    "In git, this post file is only a Git LFS pointer.": lambda: _(
        "This file is only a sign for its text, which is kept elsewhere."
    ),
    "Take *.md out of Git LFS (.gitattributes), then commit the file again: git add --renormalize posts.": lambda: _(
        "Whoever looks after this folder brings it here."
    ),
    (
        "This file was published from a folder with a dot before its name, where koweb takes no new ones. Move it out "
        "(git mv): its topic stays the same."
    ): lambda: _(
        "This file was published from a folder with a dot before its name, where koweb takes no new ones. Move it out: "
        "its topic stays the same."
    ),
    (
        "This is the file of topic {topic}, in a folder with a dot, which koweb passes over. Move it back, or take it "
        "out of git (git rm) if its topic may go."
    ): lambda: _(
        "This is the file of topic {topic}, in a folder with a dot, which koweb passes over. Move it back, or delete "
        "it if its topic may go."
    ),
    "No category: name one here, or one for the folder in koweb.toml.": lambda: _("It has no category: choose one."),
    "Add a line “category: …”, or name the folder's category in koweb.toml.": lambda: _("Choose a category for it."),
    "On the forum this link leads nowhere: it lacks the path of {url}. The next push mends it.": lambda: _(
        "On the forum this link leads nowhere: it lacks the path of {url}. Publishing mends it."
    ),
    "On the forum this link leads nowhere: it names its headings otherwise. The next push mends it.": lambda: _(
        "On the forum this link leads nowhere: it names its headings otherwise. Publishing mends it."
    ),
    (
        "Write “topic: {known}”, or remove the line. If it is topic {topic} from now on, give it another id, too: then "
        "“koweb fetch --rebuild” binds it."
    ): lambda: _("Write “topic: {known}” in the first lines of the file, or remove that line."),
}

OF_THE_FORUM: dict[str, Instead] = {  # what came of it, and what the forum tells
    "The answer is not what a Discourse forum gives ({kind}).": lambda: _("What answers is not the forum."),
    "The forum's answer holds something that Discourse never gives ({what}).": lambda: _(
        "The forum answered something that koweb does not understand."
    ),
    "Is this the address of a Discourse forum? Open it in a browser to see.": lambda: _(
        "Open the forum in your browser: is its address still the one in “Set up”?"
    ),
    "“{code}” is no language that Discourse knows.": lambda: _("“{code}” is no language that the forum knows."),
    (
        "Topic {topic} is somebody else's: was the forum put back from a backup? “koweb fetch --rebuild” finds out."
    ): lambda: _(
        "Topic {topic} is somebody else's: was the forum put back from a backup? Whoever looks after this folder finds "
        "out."
    ),
    "Topic {topic} was adopted in another clone and is not compared yet: the next push takes it over.": lambda: _(
        "A colleague connected topic {topic} with this file; it is compared when you publish next."
    ),
    (
        "The forum has this translation too, {path}, and does not tell whether a person wrote it: translations = "
        '"all" in koweb.toml brings it.'
    ): lambda: _(
        "The forum has this translation too, {path}, and does not tell whether a person wrote it, so it stays there."
    ),
    (
        "The note under the topics was not renewed: that needs an administrator's key without scopes. An "
        "administrator may run “koweb component update”."
    ): lambda: _("The note under the topics was not renewed: an administrator of the forum has to do that."),
    (
        "The note under the topics is another repository's by now, or was taken away, and is left so. To have it "
        "again: koweb component install (--take-over, if it is another's)"
    ): lambda: _(
        "The note under the topics is another folder's by now, or was taken away, and is left so. Whoever looks after "
        "this folder can have it again."
    ),
    "The note under the topics was not renewed this time; the next push tries again.": lambda: _(
        "The note under the topics was not renewed this time; the next publication tries again."
    ),
    "The forum shows what git says: nothing to do.": lambda: _("Here and on the forum, your messages say the same."),
}

OF_REFUSALS: dict[str, Instead] = {  # what to do where somebody refuses
    "If that is the forum's address now, use it instead (“url” in koweb.toml); the key was not sent there.": lambda: _(
        "If that is the forum's address now, write it in “Set up”; your key was not sent there."
    ),
    "There is no API key for the forum “{name}”.": lambda: _("koweb does not have your key for the forum."),
    "A {what} is under way in this repository.": lambda: _(
        "Somebody began to change the versions of this folder by hand."
    ),
    "Finish or abort it first; “git status” says how.": lambda: _(
        "Whoever looks after this folder has to finish that, or undo it."
    ),
    "The forum's setting {name} stands at {value}: {url}": lambda: _("Whoever administers the forum can change that."),
    "Mend the file, commit, and push again.": lambda: _("Mend the text, then publish it again."),
    (
        "Mend the file, commit, and push again; a topic that was deleted may still hold this id. If another topic has "
        "the title, “koweb adopt ADDRESS” brings that one here."
    ): lambda: _("Mend the text, then publish it again. If another topic has this title, choose another one."),
    (
        "Choose another title. Or is it this post? “koweb adopt {url}” brings that topic here: then put your text into "
        "the file that it writes."
    ): lambda: _("Choose another title."),
    "Translate it, commit, and push again.": lambda: _("Translate it, then publish it again."),
    "Push again: what arrived is found, nothing is sent twice.": lambda: _(
        "Try again: what arrived is found, nothing is sent twice."
    ),
    "Nothing is lost: push again when they have finished.": lambda: _(
        "Nothing is lost: try again when they have finished."
    ),
    "Try again in a moment. If that push was cut off: after an hour, push with --break-lock.": lambda: _(
        "Try again in a moment. If that was cut off: after an hour, this page offers to go on."
    ),
    "The next push looks again. If it was rejected, push with --resend.": lambda: _(
        "koweb looks again when you publish next."
    ),
    (
        "This key may not see what was decided. If it appeared, write its number into the file (“topic: 347”), and "
        "push again; if it was rejected, push with --resend."
    ): lambda: _(
        "This key may not see what was decided. Look on the forum, then tell whoever looks after this folder whether "
        "it appeared there."
    ),
    "Look at {url}. If nothing of “{author}” waits there, push with --resend.": lambda: _(
        "Look at {url}, then tell whoever looks after this folder whether something of “{author}” waits there."
    ),
    'To bring it back, recover it at {url} or set deleted = "recover" in koweb.toml; else remove the file.': lambda: _(
        "To bring it back, recover it at {url}; else delete it here, too."
    ),
    "“koweb fetch --rebuild” says how to choose.": lambda: _("Whoever looks after this folder chooses."),
    "Talk to them; after a change, send it again with --resend, or remove the file.": lambda: _(
        "Talk to them. Whoever looks after this folder can send it again."
    ),
    "Talk to the moderators; after a change, send it again with --resend, or remove the file.": lambda: _(
        "Talk to the moderators. Whoever looks after this folder can send it again."
    ),
    "Topic {topic} was last published from a version that is not in your branch's history.": lambda: _(
        "Topic {topic} was last published from elsewhere, with a version that this folder does not have."
    ),
    "Bring that version here first (git pull, or merge the branch that published it).": lambda: _(
        "Whoever looks after this folder brings that version here."
    ),
    (
        "Nothing was sent for them. Do it in two pushes: give one of them another title for now and push; then give it "
        "the one that it is to have, and push again."
    ): lambda: _(
        "Nothing was sent for them. Do it in two steps: give one of them another title for now, and publish it; then "
        "give it the one that it is to have, and publish again."
    ),
    "Nothing was sent. Look at {url}; “koweb fetch” looks again.": lambda: _(
        "Nothing was sent. Look at {url}, then let koweb look at the forum again."
    ),
}
OF_SETTING_UP: dict[str, Instead] = {  # folders, and what became of a login
    "There is a {file} already.": lambda: _("This folder is set up for a forum already."),
    "This folder is set up already: start “koweb desk” in it, or choose another one.": lambda: _(
        "Choose another one, or let whoever looks after it open koweb there."
    ),
    "Something answers at this address, but it is no forum of Discourse.": lambda: _(
        "At this address, koweb finds no forum that it can work with."
    ),
    "The forum's answer cannot be opened: it is not the answer to this login, or not all of it.": lambda: _(
        "This text is not complete, or is of another try."
    ),
    "This is the answer to another login.": lambda: _("This text is of another try."),
    "Begin again: koweb login": lambda: _("Open the forum's page again, and copy all of it."),
    "Ask an administrator of the forum for an API key, then run: koweb init": lambda: _(
        "Ask an administrator of the forum for an API key, then type it here."
    ),
}
OF_THE_ARCHIVE: dict[str, Instead] = {  # what reading the forum, and comparing, tell
    "“koweb archive forget --upstream” forgets it.": lambda: _("Whoever looks after this folder can forget them."),
    "“{command}” asks for all of them at once.": lambda: _("They are asked for again later."),
    "“{command}” reads what is missing.": lambda: _("Update the memory, then check it again."),
    "“{command}” goes on with it.": lambda: _("“Update the memory” goes on with it."),
    "It names people who are left aside: do not pass it on, and keep it out of git.": lambda: _(
        "It names people who are left aside: do not pass it on."
    ),
}
TABLE = {**OF_FILES, **OF_THE_FORUM, **OF_REFUSALS, **OF_SETTING_UP, **OF_THE_ARCHIVE}
COUNTED: dict[tuple[str, str], Counted] = {  # what depends on a number, singular and plural
    (
        "{n} paragraph still lacks a translation, so this is a draft. Write it below the original’s, which stands "
        "between <!-- and -->. To do without it, delete that whole block, from <!-- to -->.",
        "{n} paragraphs still lack a translation, so this is a draft. Write each below the original’s, which stands "
        "between <!-- and -->. To do without one, delete its whole block, from <!-- to -->.",
    ): lambda n: ngettext(
        "{n} paragraph is still to be translated.",
        "{n} paragraphs are still to be translated.",
        n,
    ),
    (
        "{n} link is written as in a wiki, such as {link}: the forum shows it as it is typed. Write [text](note.md), "
        "or let “koweb import {folder} --in-place --links” do it.",
        "{n} links are written as in a wiki, such as {link}: the forum shows them as they are typed. Write "
        "[text](note.md), or let “koweb import {folder} --in-place --links” do it.",
    ): lambda n: ngettext(
        "{n} link is written as in a wiki, such as {link}: the forum shows it as it is typed. Put it in again by the "
        "button “Link”.",
        "{n} links are written as in a wiki, such as {link}: the forum shows them as they are typed. Put them in again "
        "by the button “Link”.",
        n,
    ),
    (
        "{n} translation is left alone: this forum keeps none, or not yet (“content_localization_enabled”).",
        "{n} translations are left alone: this forum keeps none, or not yet (“content_localization_enabled”).",
    ): lambda n: ngettext(
        "{n} translation stays in your folder: the forum takes no translations (switched off, or its version has none "
        "yet). Ask whoever administers it.",
        "{n} translations stay in your folder: the forum takes no translations (switched off, or its version has none "
        "yet). Ask whoever administers it.",
        n,
    ),
    (
        "{n} line changed since: “koweb diff” shows it.",
        "{n} lines changed since: “koweb diff” shows them.",
    ): lambda n: ngettext("{n} line changed since.", "{n} lines changed since.", n),
    ("{n} file without front matter", "{n} files without front matter"): lambda n: ngettext(
        "{n} file that begins without a title", "{n} files that begin without a title", n
    ),
    ("… and {n} more topic: --format json names it.", "… and {n} more topics: --format json names them."): (
        lambda n: ngettext("… and {n} more topic.", "… and {n} more topics.", n)
    ),
    (
        "{n} table of a plugin that our queries do not read yet (“koweb doctor --save-query”)",
        "{n} tables of plugins that our queries do not read yet (“koweb doctor --save-query”)",
    ): lambda n: ngettext(
        "{n} table of a plugin that koweb does not read yet", "{n} tables of plugins that koweb does not read yet", n
    ),
    ("{n} adopted topic", "{n} adopted topics"): lambda n: ngettext(
        "{n} topic that a file was written of", "{n} topics that files were written of", n
    ),
}


def whatever_number(instead: Instead) -> Counted:
    """A text that depends on none."""
    return lambda _n: instead()


@cache
def patterns(language: str) -> list[tuple[re.Pattern[str], Counted]]:
    """The tables, longest texts first: what a text looks like in a language, and what is said instead."""
    said = catalog(language)
    forms = {said.gettext(one): whatever_number(instead) for one, instead in TABLE.items()}
    for (one, other), instead in COUNTED.items():
        forms |= {said.ngettext(one, other, n): instead for n in (1, 2)}
    ordered = sorted(forms.items(), key=lambda form: -len(form[0]))
    return [(re.compile(pattern(text)), instead) for text, instead in ordered]


def pattern(text: str) -> str:
    """A regular expression for a text with fields: one that begins it is a word, one that ends it all the rest."""
    parts = FIELD.split(text)  # text, name, text, name, text
    found = [re.escape(part) for part in parts]
    for at in range(1, len(parts), 2):
        some = "[^ ]+?" if not any(parts[:at]) else ".+" if not any(parts[at + 1 :]) else ".+?"
        again = parts[at] in parts[1:at:2]
        found[at] = f"(?P={parts[at]})" if again else f"(?P<{parts[at]}>{DIGITS if parts[at] in NUMBERS else some})"
    return "".join(found) + (r"(?!\S)" if parts[-1].endswith(ENDS) else "")


def desk_text(text: str) -> str:
    """A text as a page of the desk says it."""
    for known, instead in patterns(active()):
        text = known.sub(partial(said_instead, instead), text)
    return text


def said_instead(instead: Counted, found: re.Match[str]) -> str:
    """What is said, with what stood in the fields of the other text."""
    fields = found.groupdict()
    text = instead(int(re.sub(r"\D", "", fields.get("n") or "0")))
    return FIELD.sub(lambda field: fields.get(field[1], field[0]), text)
