#!/usr/bin/env bash
# A network of who wrote in which topic, drawn by Graphviz. French titles have colons, and graphviz 0.21 and pydot 4.0.1
# take what stands behind one in an edge for a “port”, the side at which the line arrives: « Atelier : mars » and
# « Atelier : avril » become one topic, “Atelier ” (drawn here by Graphviz 16.1.0 in @viz-js/viz 3.31.0). NetworkX 3.6.1
# writes DOT by pydot, and reads back four points for its three, of which one alone has its name; its GraphML keeps
# them. igraph 1.0.0 writes DOT by itself, and joins nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install graphviz==0.21 pydot==4.0.1 networkx==3.6.1 igraph==1.0.0
npm install --silent --no-audit --no-fund @viz-js/viz@3.31.0 >/dev/null
cat >write.py <<'PY'
from pathlib import Path

import graphviz
import igraph
import networkx
import pydot

ANSWERS = [("Léa", "Atelier : mars"), ("Léa", "Atelier : avril")]
drawing = graphviz.Digraph()
drawing.edges(ANSWERS)
Path("graphviz.dot").write_text(drawing.source)
drawn = pydot.Dot()
for edge in ANSWERS:
    drawn.add_edge(pydot.Edge(*edge))
Path("pydot.dot").write_text(drawn.to_string())
igraph.Graph.TupleList(ANSWERS, directed=True).write_dot("igraph.dot")
network = networkx.DiGraph(ANSWERS)
networkx.nx_pydot.write_dot(network, "networkx.dot")
print("NetworkX, DOT:", sorted(networkx.nx_pydot.read_dot("networkx.dot")))
networkx.write_graphml(network, "networkx.graphml")
print("NetworkX, GraphML:", sorted(networkx.read_graphml("networkx.graphml")))
PY
cat >draw.mjs <<'JS'
import { readFileSync } from "node:fs";
import { instance } from "@viz-js/viz";
const viz = await instance();
for (const from of ["graphviz", "pydot", "networkx", "igraph"]) {
  const { objects } = viz.renderJSON(readFileSync(`${from}.dot`, "utf8"));
  console.log(`drawn from ${from}:`, JSON.stringify(objects.map(({ name }) => name)));
}
JS
{
  venv/bin/python -W ignore write.py
  node draw.mjs
} | tee said
cat >right <<'TXT'
NetworkX, DOT: ['Atelier ', 'Atelier ":" avril', 'Atelier ":" mars', 'Léa']
NetworkX, GraphML: ['Atelier : avril', 'Atelier : mars', 'Léa']
drawn from graphviz: ["Léa","Atelier "]
drawn from pydot: ["Léa","Atelier "]
drawn from networkx: ["Léa","Atelier "]
drawn from igraph: ["Léa","Atelier : mars","Atelier : avril"]
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
