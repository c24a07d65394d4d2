#!/usr/bin/env bash
# Léa answered Ali five times, Ali answered Léa once. To look for groups, a network of answers is made undirected, and
# one expects six between them. NetworkX 3.6.1 keeps one of the two numbers, 1 or 5, by who was written down first;
# rustworkx 0.18.1 keeps both as two edges, and the one that came last where it is told to keep a single one;
# graphology 0.26.0 (with graphology-operators 1.6.1) keeps the one that came first; igraph 1.0.0 keeps none: the edge
# has no weight any more. Each adds up where it is told how, and none says that it did not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install networkx==3.6.1 igraph==1.0.0 rustworkx==0.18.1
npm install --silent --no-audit --no-fund graphology@0.26.0 graphology-operators@1.6.1 >/dev/null
cat >between.py <<'PY'
import igraph
import networkx
import rustworkx

ANSWERS = [("lea", "ali", 5), ("ali", "lea", 1)]
for order in (ANSWERS, ANSWERS[::-1]):
    network = networkx.DiGraph()
    network.add_weighted_edges_from(order)
    print("NetworkX", [weight for _, _, weight in network.to_undirected().edges.data("weight")])
for single in ({}, {"multigraph": False}):
    network = rustworkx.PyDiGraph()
    lea, ali = network.add_nodes_from(["lea", "ali"])
    network.add_edges_from([(lea, ali, 5), (ali, lea, 1)])
    print("rustworkx", network.to_undirected(**single).edges())
network = igraph.Graph.TupleList(ANSWERS, directed=True, weights=True)
network.to_undirected()
print("igraph", network.ecount(), "edge, attributes", network.es.attributes())
PY
cat >between.mjs <<'JS'
import { DirectedGraph } from "graphology";
import toUndirected from "graphology-operators/to-undirected.js";
const network = new DirectedGraph();
network.mergeEdge("lea", "ali", { weight: 5 });
network.mergeEdge("ali", "lea", { weight: 1 });
const undirected = toUndirected(network);
console.log("graphology", JSON.stringify(undirected.mapEdges((edge) => undirected.getEdgeAttribute(edge, "weight"))));
JS
{
  venv/bin/python between.py
  node between.mjs
} | tee said
cat >right <<'TXT'
NetworkX [1]
NetworkX [5]
rustworkx [5, 1]
rustworkx [1]
igraph 1 edge, attributes []
graphology [5]
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
