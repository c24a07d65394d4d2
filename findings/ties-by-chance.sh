#!/usr/bin/env bash
# Ten people choose a place by ranking: four want Lyon alone, three Metz before Nantes, three Nantes before Metz. One of
# the last two leaves first, and the other one wins: which one, pyrankvote 2.0.6 draws by lot. Its result tells nothing
# of it, “6 Elected, 4 Rejected”, and the same ballots counted again give another winner, the same way in all of its
# three methods. Where two have four votes each, “Elected” stands beside one of them, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install pyrankvote==2.0.6
venv/bin/python - <<'PY'
from pyrankvote import (
    Ballot,
    Candidate,
    instant_runoff_voting,
    preferential_block_voting,
    single_transferable_vote,
)

lyon, metz, nantes = places = [Candidate(name) for name in ("Lyon", "Metz", "Nantes")]
three = [Ballot([lyon])] * 4 + [Ballot([metz, nantes])] * 3 + [Ballot([nantes, metz])] * 3
two = [Ballot([lyon, metz])] * 4 + [Ballot([metz, lyon])] * 4
counts = {
    "instant runoff": lambda ballots: instant_runoff_voting(places, ballots),
    "block": lambda ballots: preferential_block_voting(places, ballots, 1),
    "transferable": lambda ballots: single_transferable_vote(places, ballots, 1),
}
found = []
for name, count in counts.items():
    for ballots in three, two:
        results = [count(ballots) for _ in range(60)]
        winners = sorted({one.name for result in results for one in result.get_winners()})
        ends = {" / ".join(row.strip() for row in str(result.rounds[-1]).splitlines()[-3:]) for result in results}
        print(f"{name}, {len(ballots)} ballots:", *winners)
        print(*sorted(ends), sep="\n")
        found.append(winners)
assert found == [["Metz", "Nantes"], ["Lyon", "Metz"]] * 3, "it behaves otherwise now"
PY
