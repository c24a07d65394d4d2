"""What came from the forum becomes commits: on the branch, or beside it where a person has to merge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from koweb_sync.git.repo import Sha
from koweb_sync.git.stream import Program
from koweb_sync.sync.pull.changes import Change, by_editor, pictures
from koweb_sync.sync.pull.commits import choice_message, committer, message, signature
from koweb_sync.sync.pull.unfinished import advance
from koweb_sync.sync.world import cherry_picks
from koweb_sync.sync.world.pull_note import begin

if TYPE_CHECKING:
    from koweb_sync.sync.pull.pull import Pull


class Bringing:
    """The changes that a pull found, on their way into git."""

    def __init__(self, found: "Pull") -> None:
        self.repo = found.repo
        self.settings = found.settings
        self.hold = found.hold
        self.wishes = found.wishes
        self.world = found.world
        self.tip = found.tip
        self.changes = found.changes
        self.forum = found.forum

    def bring(self) -> tuple[Sha, ...]:
        """Commit what came. Returns the commits that the branch gained; conflicts are left to a person."""
        news = [change for change in self.changes if not change.held]
        clean = [change for change in news if not change.merged.conflicts]
        rest = [change for change in news if change.merged.conflicts]
        commits: list[Sha] = []
        for group in by_editor(clean):
            parent = commits[-1] if commits else self.tip
            merged = self.files((one.source.path, one.merged.data) for one in group)
            commits.append(self.commit(parent, group, merged | pictures(group)))
        commits += self.choice(commits[-1:], clean)
        if self.wishes.branch:
            self.set_branch(commits[-1] if commits else self.tip)
            return tuple(commits)
        if not news:
            return ()
        after = commits[-1] if commits else self.tip
        beside = self.beside(rest) if rest else []
        if rest:
            begin(self.repo, self.settings, (self.tip, after), [self.facts(one) for one in rest], beside)
        if commits:
            cherry_picks.forward(self.repo, after)
        if rest:
            advance(self.repo, self.settings, self.hold.clock())
        return tuple(commits)

    def facts(self, change: Change) -> dict[str, Any]:
        """What a person wants to know of a conflict."""
        pair, edit = change.seen.pair, change.seen.edit
        url = self.forum.topic_url(pair.topic)
        who = edit.name or edit.username
        return {"path": change.source.path, "topic": pair.topic, "url": url, "editor": who, "edited": edit.at}

    def commit(self, parent: str | None, group: Sequence[Change], files: Mapping[str, bytes | Sha]) -> Sha:
        """One commit by one editor."""
        last = max(group, key=lambda one: one.seen.edit.at).seen.edit
        text = message(self.settings, [(one.seen, one.agreed) for one in group])
        who = signature(self.settings, last)
        return self.repo.write_commit(parent, files, text, self.hold.clock(), who, committer(self.repo))

    def choice(self, after: Sequence[Sha], changes: Iterable[Change]) -> Iterator[Sha]:
        """The commit that puts git's side back where the user prefers it; the forum's stays in the history."""
        files = self.files((one.source.path, one.chosen) for one in changes if one.chosen is not None)
        if files:
            text = choice_message(self.settings, files)
            yield self.repo.write_commit(after[0], files, text, self.hold.clock(), committer=committer(self.repo))

    def beside(self, rest: Sequence[Change]) -> list[Sha]:
        """Commits beside the branch: the base, and on it one for each editor, to be brought one by one."""
        files = self.files((one.source.path, one.base) for one in rest)
        at = self.repo.write_commit(None, files, "Base", self.hold.clock())
        found: list[Sha] = []
        for group in by_editor(rest):
            parent = found[-1] if found else at
            theirs = self.files((one.source.path, one.theirs) for one in group)
            found.append(self.commit(parent, group, theirs | pictures(group)))
        return found

    def files(self, contents: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        """Post files to commit; one that git holds as executable stays so."""
        programs = {path for path, entry in self.world.tree.items() if entry.mode == "100755"}
        return {path: Program(data) if path in programs else data for path, data in contents}

    def set_branch(self, new: Sha) -> None:
        """Write the branch for a pull request, where it differs from what is there."""
        ref = f"refs/heads/{self.wishes.branch}"
        old = self.repo.resolve(ref)
        if new != old and (old is not None or new != self.repo.head()):
            self.repo.set_ref(ref, new, old)
