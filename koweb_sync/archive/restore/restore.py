"""`koweb archive restore`: publish an archive again on an empty forum.

Topics and replies come in the order in which they were written, with their times, in the names of their authors where
these have an account; then texts whose links led to what came later, likes, votes, solutions, wikis and moderators'
posts, and at last what is closed, pinned or archived. Requests: one for each category, file, topic, reply, like, vote,
solution, wiki, moderator's post, translation and state; one for each author; one for each text with a link to what came
later; one for each tag that is new; a few for facts about the forum.

What was sent is written down in the archive, one transaction for each answer. After a kill only the last request is in
doubt: a topic is looked up by its external_id, a reply in its topic, and nothing is sent twice.
"""

import hashlib
import secrets
from collections import Counter
from dataclasses import replace
from typing import Any

from koweb_sync.archive.names.aliases import former_number
from koweb_sync.archive.restore import other_languages
from koweb_sync.archive.restore.plan import STATES, Decided, stems
from koweb_sync.archive.restore.progress import RestoredPost
from koweb_sync.archive.restore.publishable import OldPost, OldTopic, Vote, file
from koweb_sync.archive.restore.rewrite import RewrittenText, translate
from koweb_sync.errors import EditConflict, ForumRefused, HumanNeeded
from koweb_sync.forum import parse, parse_site
from koweb_sync.forum.answers import NOT_FOR_US
from koweb_sync.i18n import _, catalog, spoken
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.times import SECOND, moment

SOON = SECOND  # within which two times of a post are the same: servers keep thousandths or seconds


class Restore(Decided):
    """One restoration. `watch` hears how it goes."""

    polls: tuple[int, dict[str, tuple[str, ...]]] = (0, {})  # the post whose polls we looked at last

    def run(self) -> dict[str, int]:
        """Do it, or go on where it was stopped; what could not be done, by reason. Raises also LimitReached."""
        self.refuse()
        doubt = "begun" in self.memory.state
        if not doubt:
            self.note("begun", True)
        self.known_tags()
        self.watch.stage("places")
        for old in sorted({one.category for one in self.crop.subjects.values() if one.category is not None}):
            self.place(old)
        self.watch.stage("posts")
        for word in self.words():
            if word.id not in self.memory.done:
                if not (doubt and self.found(word)):
                    self.send(word)
                doubt = False  # only the first one may have been sent before a kill
        for work in (self.links, self.likes, self.votes, self.answers, self.marks, self.translations, self.states):
            self.watch.stage(work.__name__)
            work()
        return self.skipped

    def note(self, name: str, value: Any) -> None:
        """Write down what was done, before anything else is."""
        self.memory.note(name, value)
        self.watch.step()

    def skip(self, why: str) -> None:
        """Count what could not be done."""
        self.skipped[why] = self.skipped.get(why, 0) + 1

    def place(self, old: int | None) -> int | None:
        """The new category of an old one, made if it is not there, its parent before it."""
        if self.wishes.into is not None:
            return self.target.id if self.target else None
        if old is None or old not in self.crop.places:
            return None
        if old in self.memory.places:
            return self.memory.places[old]
        one = self.crop.places[old]
        there = self.site.category(one.path)
        if there is None:
            given: dict[str, Any] = {"name": one.name, "slug": one.slug, "color": one.colour or "0088CC"}
            if (parent := self.place(one.parent)) is not None:
                given["parent_category_id"] = parent
            rights = {"staff" if one.restricted else "everyone": 1}
            answer = self.forum._post("/categories.json", json=True, **given, text_color="FFFFFF", permissions=rights)
            number = parse_site.category_made(answer)
        else:
            number = int(there.id)
        self.note(f"place {old}", number)
        return number

    # ---- posts

    def found(self, word: OldPost) -> bool:
        """Whether a post was sent before a kill and nobody wrote down where it is: two requests at most."""
        opening = self.crop.subjects[word.topic]
        if self.opens(word):
            view = self.forum.find(self.external_id(opening.id))
            if view is not None:
                self.tag(opening, int(view.id))
                own = view.first.username.casefold() == word.username.casefold()
                self.keep(word, (int(view.id), int(view.first.id), 1), view.first.raw or "", own=own)
            return view is not None
        topic = self.memory.topics[word.topic]
        last = self.memory.highest[topic]
        for post in self.talk.topic(topic, last + 1, key=True).posts:
            if post.number > last and abs(post.created - word.created) < SOON:
                own = post.author is not None and post.author.username.casefold() == word.username.casefold()
                self.keep(word, (topic, post.id, post.number), post.raw or "", own=own)
                return True
        return False

    def send(self, word: OldPost) -> None:
        """Publish a post: one request, and one for each file that is new and each author whom we do not know. What its
        author may not write there appears in the other name: one request more for each text that the forum refuses from
        its author, and one for each author and category where they may not write at all.
        """
        opening = self.crop.subjects[word.topic]
        author = self.author(word.username)
        place = (author or "", opening.category, self.opens(word))
        why = "rights" if place in self.barred else "" if author else "account"
        if why:
            author = None
        try:
            data = self.post(word, author)
        except (*NOT_FOR_US, ForumRefused) as error:
            if author is None:
                raise
            why = "refused" if isinstance(error, ForumRefused) else "rights"
            if why == "rights":  # a refused text, a poll for one, says nothing of the author's other posts
                self.barred.add(place)
            author = None
            data = self.post(word, author)
        sent = parse.created_post(data)
        if sent is None:
            raise HumanNeeded(
                _("The forum holds a post in “{title}” back for review.").format(title=opening.title),
                where=self.forum.host,
                remedy=_("Approve it there, let posts appear without review, then run this again."),
            )
        there, stored = sent
        if self.opens(word):
            self.tag(opening, there[0])
        self.keep(word, there, stored, own=author is not None, why=why)

    def in_other_names(self) -> dict[str, int]:
        """How many posts stand in another's name than their author's, by the reason."""
        return dict(sorted(Counter(done.why for done in self.memory.done.values() if not done.own).items()))

    def post(self, word: OldPost, author: str | None) -> Any:
        """Send a post: one request. None as author is for whoever takes those of people without an account."""
        opening = self.crop.subjects[word.topic]
        fields: dict[str, Any] = {
            "created_at": moment(word.created).isoformat().replace("+00:00", "Z"),
            "skip_validations": "true",
            # A server that remembers what it was sent would take two equal posts of one person for one.
            "typing_duration_msecs": str(5_000 + secrets.randbelow(1_000_000)),
            "override_request_kwargs": {"username": author or self.wishes.poster},
        }
        fields |= {"locale": word.locale} if word.locale else {}
        if self.opens(word):
            fields |= {"title": opening.title, "tags": list(opening.tags), "external_id": self.external_id(opening.id)}
            fields |= {"category_id": self.place(opening.category), "unlist_topic": None if opening.visible else "true"}
        else:
            answered = self.memory.numbers.get((word.topic, word.reply_to or 0))
            fields |= {"topic_id": self.memory.topics[word.topic]}
            fields |= {"reply_to_post_number": answered[1] if answered else None}
        raw = self.text(word, author).raw
        return self.forum.create_post(raw, **{name: value for name, value in fields.items() if value is not None})

    def keep(self, word: OldPost, place: tuple[int, int, int], stored: str, *, own: bool, why: str = "") -> None:
        """Write down where a post is now: topic, id and number; and its stored text if links in it lead to what comes
        later.
        """
        waiting = translate(word.raw or "", word.topic, self.memory.ways(self.coming)).waiting
        topic, post, number = place
        done = RestoredPost(word.topic, word.number, topic, post, number, own, stored if waiting else None, why)
        self.memory.note_post(word.id, done)
        self.watch.step()

    def tag(self, opening: OldTopic, topic: int) -> None:
        """Give a topic its tags where one is new: not everybody may make tags, and the forum drops them silently."""
        known = self.known_tags()
        new = {one.casefold() for one in opening.tags} - known
        if new:
            self.forum.set_fields(TopicId(topic), {"tags": list(opening.tags)})
            known |= new

    def text(self, word: OldPost, author: str | None) -> RewrittenText:
        """A post's text as it is sent. One that is not its author's own begins with the author's name."""
        say = catalog(spoken(self.site.locale) or "en").gettext
        if word.raw is None:
            raw = RewrittenText(f"*{say('The archive holds no text of this post.')}*", False)
        else:
            self.carry(word.raw)
            raw = translate(word.raw, word.topic, self.memory.ways(self.coming))
        if author:
            return raw
        name = word.name or word.username
        shown = f"{name} ({word.username})" if name != word.username else name
        if (number := former_number(word.username, anonymised=word.anonymised)) is not None:
            shown = say("a former member ({n})").format(n=number)
        byline = (
            say("Written by {name}.").format(name=shown) if name else say("Written by somebody whose account is gone.")
        )
        return RewrittenText(f"*{byline}*\n\n{raw.raw}", raw.waiting)

    def carry(self, raw: str) -> None:
        """Store the files that a text shows: one request for each that is new. One that we do not hold stays away."""
        for stem in sorted(stems(raw) - self.memory.files.keys()):
            with self.store.read() as connection:
                held = file(connection, self.source, stem)
            if held is None:
                self.skip("files")
                continue
            try:
                self.note(f"file {stem}", self.forum.upload(*held).short_url)
            except ForumRefused:  # an extension, or a size, that this forum does not take
                self.skip("files")

    def author(self, username: str) -> str | None:
        """Somebody in whose name the key may write; None if there is nobody of that name: one request, once."""
        if username in ("", self.site.user):  # the key's own user needs no question
            return username or None
        if username not in self.memory.able:
            try:
                self.forum._get("/session/current.json", override_request_kwargs={"username": username})
                able = True
            except NOT_FOR_US:
                able = False
            self.note(f"user {username}", able)
        return username if self.memory.able[username] else None

    def external_id(self, topic: int) -> str:
        """The identity of an old topic on the new forum, the same in every run."""
        return f"archive-{hashlib.sha256(self.memory.base.encode()).hexdigest()[:12]}-{topic}"

    # ---- what comes after the posts

    def links(self) -> None:
        """Translate links to what came later: one request for each text."""
        for word in self.words():
            done = self.memory.done[word.id]
            if done.raw is None:
                continue
            new = self.text(word, word.username if done.own else None).raw
            if new.rstrip() != done.raw:
                self.rewrite(done, new, word.locale)
            self.memory.note_post(word.id, replace(done, raw=None))
        if not self.reached("links"):
            self.note("links", 1)

    def rewrite(self, done: RestoredPost, new: str, locale: str) -> None:
        """Put a translated text in place. One that somebody edited meanwhile stays as it is."""
        try:
            self.forum.edit(PostId(done.post), new, base=done.raw or "", no_bump=True, locale=locale)
        except EditConflict:
            if (self.forum.post(PostId(done.post)).raw or "") != new.rstrip():
                self.skip("edited")
        self.watch.step()

    def likes(self) -> None:
        """Like posts in the names of those who liked them: one request each. Nobody may like twice, or themselves."""
        for post, person, username in self.likes_left():
            done = self.memory.done.get(post)
            if done is None:  # a post that does not come back
                continue
            author = self.author(username)
            if author is None:
                self.skip("likes")
            else:
                self.like(done.post, author)
            self.note("likes", [post, person])

    def like(self, post: int, username: str) -> None:
        """One like."""
        try:
            given = {"id": post, "post_action_type_id": 2}
            self.forum._post("/post_actions.json", **given, override_request_kwargs={"username": username})
        except NOT_FOR_US:
            there = self.talk.likers(post, key=True) or ()
            if username.casefold() not in {one.person.username.casefold() for one in there}:
                self.skip("likes")

    def votes(self) -> None:
        """Vote in polls, in the names of those who did: one request each. Cast twice, a vote is still one."""
        for one in self.votes_left():
            done = self.memory.done.get(one.post)
            if done is None:
                continue
            author = self.author(one.username)
            if author is None:
                self.skip("votes")
            else:
                self.vote(done.post, one, author)
            self.note("votes", list(one.place))
        for old, name in self.over_left():
            if old in self.memory.done:
                given = {"post_id": self.memory.done[old].post, "poll_name": name, "status": "closed"}
                try:
                    self.forum._put("/polls/toggle_status.json", **given)
                except (*NOT_FOR_US, ForumRefused):
                    self.skip("polls")
                self.note("over", [old, name])

    def vote(self, post: int, vote: Vote, username: str) -> None:
        """One vote. A poll that is over, or that the new forum does not know, takes none."""
        there = self.options(post, vote.poll)
        if not all(one < len(there) for one in vote.options):
            self.skip("votes")
            return
        given = {"post_id": post, "poll_name": vote.poll, "options[]": [there[one] for one in vote.options]}
        try:
            self.forum._put("/polls/vote.json", **given, override_request_kwargs={"username": username})
        except (*NOT_FOR_US, ForumRefused):
            self.skip("votes")

    def options(self, post: int, poll: str) -> tuple[str, ...]:
        """The ids of a poll's options on the new forum: one request for each post, as its votes come together."""
        if self.polls[0] != post:
            shown = self.talk.post(post, key=True).polls
            self.polls = (post, {one.name: tuple(option.id for option in one.options) for one in shown})
        return self.polls[1].get(poll, ())

    def answers(self) -> None:
        """Mark the posts that solved their topics, in the name of whoever did: one request each, where the forum knows
        solutions, and one more where they may not.
        """
        for subject in self.answers_left():
            place = self.memory.numbers.get((subject.id, subject.accepted or 0))
            post = next((done.post for done in self.memory.done.values() if (done.topic, done.number) == place), None)
            if post is None:
                continue
            if not any(self.accept(post, who) for who in dict.fromkeys((self.author(subject.accepter), None))):
                self.skip("answers")
            self.note("answers", subject.id)

    def accept(self, post: int, username: str | None) -> bool:
        """Mark a post that solved its topic, in somebody's name or the key's; whether that went."""
        try:
            self.forum._post("/solution/accept.json", id=post, override_request_kwargs={"username": username})
        except (*NOT_FOR_US, ForumRefused):
            return False
        return True

    def marks(self) -> None:
        """Make posts wikis, or moderators': one request each."""
        for post, name, value in self.marks_left():
            done = self.memory.done.get(post)
            if done is None:
                continue
            try:
                self.forum._put(f"/posts/{done.post}/{name}", **{name: value})
            except (*NOT_FOR_US, ForumRefused):
                self.skip("marks")
            self.note("marks", [post, name])

    def translations(self) -> None:
        """Publish texts and titles in other languages: one request each."""
        other_languages.publish(self)

    def states(self) -> None:
        """Close, pin and archive topics: one request each."""
        for topic in sorted(self.crop.subjects):
            if topic <= self.reached("states"):
                continue
            for name in STATES:
                if getattr(self.crop.subjects[topic], name):
                    self.forum.set_status(TopicId(self.memory.topics[topic]), name, True)
                    self.watch.step()
            self.memory.note("states", topic)
