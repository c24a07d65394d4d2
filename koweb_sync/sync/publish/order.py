"""In which order topics are created, so that as few as possible need a second request for a link."""

from collections.abc import Iterator, Mapping, Sequence, Set


def creation_order(links: Mapping[str, Set[str]]) -> tuple[str, ...]:
    """The ids in an order in which what is linked to comes first, wherever the links allow it.

    `links`: id -> the ids that it links to; only ids that are keys count. Within a cycle, where no order is perfect,
    the one with the fewest links into what is not created yet goes first (greedy: the best order is NP-hard).
    Equal cases keep the given order, so that the same input always gives the same plan.
    """
    position = {one: n for n, one in enumerate(links)}
    wanted = {
        one: sorted({other for other in others if other in links and other != one}, key=position.__getitem__)
        for one, others in links.items()
    }
    return tuple(one for group in cycles(wanted) for one in within(sorted(group, key=position.__getitem__), wanted))


def cycles(links: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Groups of ids that reach each other, each group after all groups that it links to (Kosaraju's algorithm)."""
    seen: set[str] = set()
    finished = [one for start in links for one in walk(start, links, seen)]
    back: dict[str, list[str]] = {one: [] for one in links}
    for one, others in links.items():
        for other in others:
            back[other].append(one)
    seen = set()
    groups = [list(walk(start, back, seen)) for start in reversed(finished)]
    return [group for group in reversed(groups) if group]


def walk(start: str, links: Mapping[str, Sequence[str]], seen: set[str]) -> Iterator[str]:
    """What can be reached from an id and was not seen before, each after what it leads to; without recursion."""
    path = [] if start in seen else [(start, iter(links[start]))]
    seen.add(start)
    while path:
        one, rest = path[-1]
        other = next((other for other in rest if other not in seen), None)
        if other is None:
            path.pop()
            yield one
        else:
            seen.add(other)
            path.append((other, iter(links[other])))


def within(group: Sequence[str], links: Mapping[str, Sequence[str]]) -> list[str]:
    """One group in order: each time the id with the fewest links to those that remain, and of these the one that most
    of them link to.
    """
    left = dict.fromkeys(group)
    inbound = dict.fromkeys(group, 0)
    outbound = {one: sum(other in left for other in links[one]) for one in group}
    linkers: dict[str, list[str]] = {one: [] for one in group}
    for one in group:
        for other in links[one]:
            if other in left:
                inbound[other] += 1
                linkers[other].append(one)
    order = []
    while left:
        best = min(left, key=lambda one: (outbound[one], -inbound[one]))
        order.append(best)
        del left[best]
        for one in linkers[best]:
            outbound[one] -= 1
        for other in links[best]:
            inbound[other] = inbound.get(other, 0) - 1
    return order
