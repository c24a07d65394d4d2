#!/usr/bin/env bash
# Four people who wrote 1, 2, 3 and 4 posts share them evenly, with a Gini coefficient of 0: so says scikit-bio 0.7.4,
# which draws steps where others draw lines, loses 1/n by it, and takes what is below 0 for 0. Where one of four wrote
# everything it says 0.5. inequality 1.1.2 (PySAL), quantecon 0.11.4 and pygini 1.0.1 say 0.25 and 0.75, as Gini did in
# 1912; IneqPy 0.4.1 corrects for small samples, 0.33 and 1. Of a thousand people all of them say nearly the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install scikit-bio==0.7.4 inequality==1.1.2 quantecon==0.11.4 pygini==1.0.1 ineqpy==0.4.1
venv/bin/python - <<'PY' | tee said
import numpy as np
import pygini
from ineqpy.inequality import gini
from inequality.gini import Gini
from quantecon import gini_coefficient
from skbio.diversity.alpha import gini_index

tools = {
    "scikit-bio": gini_index,
    "inequality": lambda posts: Gini(posts).g,
    "quantecon": gini_coefficient,
    "pygini": pygini.gini,
    "IneqPy": lambda posts: gini(income=posts),
}
groups = [1, 1, 1, 1], [1, 2, 3, 4], [0, 0, 0, 4], range(1, 1001)
for name, tool in tools.items():
    print(f"{name}:", *(f"{abs(tool(np.array(posts, float))):.2f}" for posts in groups))
PY
cat >right <<'TXT'
scikit-bio: 0.00 0.00 0.50 0.33
inequality: 0.00 0.25 0.75 0.33
quantecon: 0.00 0.25 0.75 0.33
pygini: 0.00 0.25 0.75 0.33
IneqPy: 0.00 0.33 1.00 0.33
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
