"""What a letter chooses: by how many parts of a community met, and fairly."""

from hypothesis import given
from hypothesis import strategies as st

from koweb_sync.letter.choose import CONVERSATIONS, QUOTATIONS, Candidate, TalkedTopic, fairly, most_shared

PARTS = st.frozensets(st.sampled_from(("new", "quiet", "others", "group 1", "group 2")), min_size=1)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        topic=st.integers(1, 7),
        post=st.integers(1, 99),
        person=st.integers(1, 9),
        parts=PARTS,
        created=st.integers(0, 9),
        text=st.just("…"),
        opens=st.booleans(),
        facilitates=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda one: one.post,
)
TOPICS = st.permutations(range(1, 7)).map(lambda some: some[:4])


@given(CANDIDATES, TOPICS)
def test_nobody_is_quoted_twice_and_nobody_is_left_out_while_there_is_room(
    candidates: list[Candidate], topics: list[int]
) -> None:
    found = fairly(topics, candidates)
    quoted = [one.person for some in found.values() for one in some]
    assert len(quoted) == len(set(quoted)) <= QUOTATIONS
    for topic in topics:
        there = {one.person for one in candidates if one.topic == topic}
        here = {one.person for one in found.get(topic, [])}
        assert here <= there
        assert len(here) <= 2
        if len(here) < 2 and len(quoted) < QUOTATIONS:
            assert there <= set(quoted)


@given(CANDIDATES, TOPICS, st.randoms())
def test_the_order_in_which_sentences_are_found_changes_nothing(
    candidates: list[Candidate], topics: list[int], dice: object
) -> None:
    turned = list(candidates)
    dice.shuffle(turned)  # type: ignore[attr-defined] # Hypothesis's own Random
    assert fairly(topics, turned) == fairly(topics, candidates)


@given(st.dictionaries(st.integers(1, 50), st.dictionaries(st.integers(1, 9), PARTS, min_size=1), max_size=12))
def test_topics_come_by_how_many_parts_met_and_never_by_who_they_are(
    talk: dict[int, dict[int, frozenset[str]]],
) -> None:
    found = most_shared(TalkedTopic(topic, len(people), people) for topic, people in talk.items())
    assert len(found) == min(len(talk), CONVERSATIONS)
    assert [one.parts for one in found] == sorted((one.parts for one in found), reverse=True)
    others = {topic: {person + 100: parts for person, parts in people.items()} for topic, people in talk.items()}
    again = most_shared(TalkedTopic(topic, len(people), people) for topic, people in others.items())
    assert [one.topic for one in again] == [one.topic for one in found]


def test_who_was_heard_least_comes_first_and_who_facilitates_last() -> None:
    def one(topic: int, post: int, part: str, *, lead: bool = False) -> Candidate:
        return Candidate(topic, post, post, frozenset([part]), post, "…", facilitates=lead)

    some = [one(1, 1, "others", lead=True), one(1, 2, "others"), one(2, 3, "others"), one(2, 4, "new")]
    found = fairly([1, 2], some)
    assert [each.post for each in found[1]] == [1, 2]  # a second sentence of the first topic, in the order of the talk
    assert found[2][0].post in (3, 4)
    assert fairly([1, 2], some, most=2) == {1: [some[1]], 2: [some[3]]}
