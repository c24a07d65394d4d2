"use strict";
// Searches the archive without a network: pages opened from a disk may load scripts, and nothing else.
(() => {
  const APART = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "ı": "i", "ς": "σ"};
  const AT_ONCE = 20, PIECES = 12, BEGINS = 3;
  const promised = new Map(), waiting = new Map(), held = new Map();
  class Unread extends Error {}
  const $ = (id) => document.getElementById(id);
  let found = [], wanted = [], shown = 0, turn = 0;

  // Each file calls this with its name and what it holds.
  window.koweb = (name, value) => {
    held.set(name, value);
    waiting.get(name)?.(value);
    waiting.delete(name);
  };

  const load = (name) => {
    if (held.has(name)) { return Promise.resolve(held.get(name)); }
    if (!promised.has(name)) {
      promised.set(name, new Promise((done, failed) => {
        waiting.set(name, done);
        const script = document.createElement("script");
        script.src = `search/${name}.js`;
        script.onerror = () => { promised.delete(name); failed(new Unread(name)); };
        script.onload = () => { if (!held.has(name)) { script.onerror(); } };
        document.head.append(script);
      }));
    }
    return promised.get(name);
  };

  const fold = (text) => {
    const apart = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
    const plain = Array.from(apart, (one) => Object.hasOwn(APART, one) ? APART[one] : one).join("");
    return (plain.match(/[\p{L}\p{N}]+/gu) || []).map((word) => Array.from(word).slice(0, 40).join(""));
  };
  window.kowebFold = fold;

  // The last first word that is not behind `word`: its file may hold it.
  const place = (first, word) => {
    let low = 0, high = first.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (first[middle] <= word) { low = middle + 1; } else { high = middle; }
    }
    return Math.max(0, low - 1);
  };

  // The posts that have a word, or words that begin with it; null: too many to tell.
  const posts = async (index, word) => {
    const begins = word.length >= BEGINS;
    const start = place(index.first, word), end = begins ? place(index.first, word + "\uffff") : start;
    const numbers = [];
    for (let one = start; one <= Math.min(end, start + PIECES); one += 1) { numbers.push(one); }
    const pieces = await Promise.all(numbers.map((one) => load(`w${one}`)));
    const set = new Set();
    for (const piece of pieces) {
      for (const [known, list] of piece) {
        if (known !== word && !(begins && known.startsWith(word))) { continue; }
        if (list === "*") { return null; }
        let post = 0;
        for (const step of list.split(" ")) { post += parseInt(step, 36); set.add(post); }
      }
    }
    return set;
  };

  const mark = (place, text) => {
    // Words are marked as they stand; the folded text may have another length, so each word is folded by itself.
    for (const part of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
      const folded = fold(part);
      const hit = folded.length && folded.some((one) => wanted.some((word) => one === word || (word.length >= BEGINS && one.startsWith(word))));
      if (hit) {
        const marked = document.createElement("mark");
        marked.textContent = part;
        place.append(marked);
      } else { place.append(part); }
    }
  };

  const snippet = (text) => {
    const words = text.split(/(\s+)/u);
    const hit = words.findIndex((part) => fold(part).some((one) => wanted.some((word) => one.startsWith(word))));
    const start = Math.max(0, hit - 16);
    const piece = words.slice(start, start + 60).join("");
    return (start ? "…" : "") + piece + (start + 60 < words.length ? "…" : "");
  };

  const line = ([href, title, facts, text]) => {
    const one = document.createElement("li"), link = document.createElement("a");
    link.className = "title"; link.dir = "auto"; link.href = href;
    mark(link, title);
    const words = document.createElement("p"), below = document.createElement("div");
    words.className = "excerpt"; words.dir = "auto";
    mark(words, snippet(text));
    below.className = "facts"; below.textContent = facts;
    one.append(link, words, below);
    return one;
  };

  const more = async (mine) => {
    const index = held.get("words");
    const part = found.slice(shown, shown + AT_ONCE);
    $("more").disabled = true;
    try {
      const files = await Promise.all(part.map((post) => load(`p${Math.floor(post / index.each)}`)));
      if (mine !== turn) { return; }
      // All or none: a file from another export may lack a post.
      const lines = part.map((post, nth) => line(files[nth][post % index.each]));
      $("found").append(...lines);
      shown += part.length;
    } finally {
      if (mine === turn) {
        $("more").disabled = false;
        $("more").hidden = !shown || shown >= found.length;  // the search itself is what to try again
      }
    }
    // Said once the posts stand there: who hears it can go on to them.
    const count = found.length, state = $("state");
    state.textContent = count === 0 ? state.dataset.none
      : count === 1 ? state.dataset.one : state.dataset.many.replace("{n}", count.toLocaleString(document.documentElement.lang));
  };

  const search = async () => {
    turn += 1;
    const mine = turn, state = $("state"), index = await load("words");
    wanted = [...new Set(fold($("words").value))];
    $("found").replaceChildren();
    $("more").hidden = true;
    found = []; shown = 0;
    if (!wanted.length) { state.textContent = ""; return; }
    state.textContent = state.dataset.reading;
    const sets = index.first.length ? await Promise.all(wanted.map((word) => posts(index, word))) : [new Set()];
    if (mine !== turn) { return; }
    const rare = sets.filter((one) => one !== null).sort((one, other) => one.size - other.size);
    if (!rare.length) { state.textContent = state.dataset.common; return; }
    found = [...rare[0]].filter((post) => rare.every((one) => one.has(post))).sort((one, other) => other - one);
    await more(mine);
  };

  // A file that is missing or cannot be read: said, and tried again with the next search.
  const failed = (mine) => (error) => {
    const file = error instanceof Unread ? `search/${error.message}.js` : "search";
    if (mine === turn) { $("state").textContent = $("state").dataset.failed.replace("{file}", file); }
  };

  $("form").addEventListener("submit", (event) => { event.preventDefault(); search().catch(failed(turn)); });
  $("more").addEventListener("click", () => more(turn).catch(failed(turn)));
})();
