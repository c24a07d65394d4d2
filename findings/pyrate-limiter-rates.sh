#!/usr/bin/env bash
# pyrate-limiter 4.5.1: a limiter takes several rates only if the longer interval is also the stricter one. “50 in 10
# seconds” beside “400 in a minute” is refused, although a forum may well mean it: the second one never counts, but it is
# no mistake. Also two rates of the same interval.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pyrate-limiter==4.5.1
"$folder/venv/bin/python" - <<'PY'
from pyrate_limiter import Limiter, Rate

seconds = 1000


def made(*rates):
    """Whether a limiter of these rates (requests, seconds) can be made."""
    try:
        Limiter([Rate(number, interval * seconds) for number, interval in rates])
    except ValueError as error:
        return type(error).__name__
    return "made"


found = [made((50, 10), (200, 60)), made((50, 10), (400, 60)), made((50, 10), (50, 60)), made((50, 10), (40, 10))]
print("50/10 s with 200/60 s, 400/60 s, 50/60 s, 40/10 s:", found)
assert found == ["made", "ValueError", "ValueError", "ValueError"], "pyrate-limiter behaves otherwise now"
PY
