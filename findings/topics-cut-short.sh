#!/usr/bin/env bash
# A forum's topic, as Discourse writes it for readers without scripts: a question and three short answers, each in a
# `<div class="post">`. Libraries that keep the text of a page (newspaper4k 0.9.6, goose3 3.1.22, and trafilatura 2.3.1,
# which looks for comments, too) keep the question alone, where it has two paragraphs. Once it is a single one, with the
# same words, trafilatura keeps all four posts, newspaper4k two. readability-lxml 0.9 keeps all four in both cases.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
for tool in trafilatura==2.3.1 newspaper4k==0.9.6 goose3==3.1.22 readability-lxml==0.9; do
  venv/bin/pip --quiet install "$tool" # one by one: together, their ways to name lxml are too much for an older pip
done
cat >page.py <<'PY'
import sys

PARTS = sys.argv[1]  # what stands between the two halves of the question
POSTS = {
    "lea": "Je propose de se voir en mars pour préparer la rencontre du printemps, qui réunira les groupes de Lyon, "
    f"de Metz et de Nantes autour de leurs ateliers.{PARTS}Le lieu reste à trouver : il faudrait une salle pour "
    "trente personnes, avec une cuisine, et un jardin si possible. Qui connaît un lieu ?",
    "ali": "À Lyon, la maison des associations nous prête sa grande salle le samedi 14 mars, et elle a une cuisine.",
    "zoe": "Pas le 14, c’est complet.",
    "max": "Alors à Metz le 21, dans notre local près de la gare.",
}
print('<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Où se voir ? - Forum</title></head><body>')
print('<div id="main-outlet" role="main"><h1><a href="/t/ou-se-voir/347">Où se voir ?</a></h1>')
print('<div itemscope itemtype="http://schema.org/DiscussionForumPosting">')
for number, (name, text) in enumerate(POSTS.items(), 1):
    answer = ' itemprop="comment" itemscope itemtype="http://schema.org/Comment"' if number > 1 else ""
    print(f'<div id="post_{number}"{answer} class="topic-body crawler-post"><div class="crawler-post-meta">')
    print(f'<span class="creator" itemprop="author"><a href="/u/{name}"><span itemprop="name">{name}</span></a></span>')
    print('<time datetime="2026-03-01T18:00:00Z" class="post-time">1 mars 2026</time></div>')
    print(f'<div class="post" itemprop="text"><p>{text}</p></div></div>')
print("</div></div></body></html>")
PY
cat >read.py <<'PY'
import logging
import sys
from pathlib import Path

import newspaper
import trafilatura
from goose3 import Goose
from readability import Document

logging.disable()
page = Path("page.html").read_text("utf-8")
article = newspaper.Article("https://forum.example.org/t/ou-se-voir/347", language="fr")
article.download(input_html=page)
article.parse()
goose = Goose({"use_meta_language": False, "target_language": "fr"}).extract(raw_html=page).cleaned_text
read = {
    "trafilatura": trafilatura.extract(page),
    "newspaper4k": article.text,
    "goose3": goose,
    "readability-lxml": Document(page).summary(),
}
POSTS = {"lea": "Je propose", "ali": "À Lyon, la", "zoe": "Pas le 14", "max": "Alors à Metz"}
for tool, text in read.items():
    kept = ", ".join(name for name, begin in POSTS.items() if begin in text)
    print(f"{tool}: {kept}")
PY
for parts in '</p><p>' ' '; do
  [ "$parts" = ' ' ] && echo 'The question in one paragraph:' || echo 'The question in two paragraphs:'
  venv/bin/python page.py "$parts" >page.html
  venv/bin/python -W ignore read.py
done | tee said
cat >right <<'TXT'
The question in two paragraphs:
trafilatura: lea
newspaper4k: lea
goose3: lea
readability-lxml: lea, ali, zoe, max
The question in one paragraph:
trafilatura: lea, ali, zoe, max
newspaper4k: lea, ali
goose3: lea
readability-lxml: lea, ali, zoe, max
TXT
cmp -s said right || { echo "one of them behaves otherwise now"; exit 1; }
