"use strict";
// Searches the archive without a network: pages opened from a disk may load scripts, and nothing else.
(() => {
  const APART = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "ı": "i", "ς": "σ"};
  const AT_ONCE = 20, PIECES = 12;
  const promised = new Map(), waiting = new Map(), held = new Map();
  class Unread extends Error {}
  const $ = (id) => document.getElementById(id);
  let found = [], wanted = [], unsure = [], shown = 0, looked = 0, turn = 0;

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

  // The form to which all numbers of a word are brought: outil and outils, journal and journaux.
  const singular = (word) => {
    const {endings, known, shortest} = held.get("words");
    if (word.length < shortest || !/^[a-z]+$/.test(word)) { return word; }
    if (Object.hasOwn(known, word)) { return known[word]; }
    const [ending, becomes] = endings.find(([one]) => word.endsWith(one)) ?? ["", ""];
    return word.slice(0, word.length - ending.length) + becomes;
  };
  window.kowebSingular = singular;

  // What somebody who typed this wants to find: a word in any number, or words that stand together as they are written.
  const wishes = (typed) => Array.from(typed.matchAll(/"([^"]*)"|«([^»]*)»|“([^”]*)”|([^\s"«“]+)/gu), (parts) => {
    const part = parts.slice(1).find((one) => one !== undefined), words = fold(part);
    const begins = part.trimEnd().endsWith("*"), last = words.at(-1) ?? "";
    const singulars = new Set((begins ? held.get("words").rests : [""]).map((rest) => singular(last + rest)));
    return {words, begins, last, singulars};
  }).filter((wish) => wish.words.length);

  const meets = (wish, nth, word) => {
    const begins = wish.begins && nth === wish.words.length - 1;
    if (wish.words.length > 1) { return begins ? word.startsWith(wish.last) : word === wish.words[nth]; }
    const one = singular(word);
    return wish.singulars.has(one) || (begins && one.startsWith(wish.last));
  };

  // The first of some words at which what is wanted stands; -1: nowhere.
  const standing = (wish, words) => words.findIndex((_word, nth) =>
    nth + wish.words.length <= words.length && wish.words.every((_one, place) => meets(wish, place, words[nth + place])));

  // The posts that have a word (in its singular), or words that begin so; null: too many to tell.
  const posts = async (index, word, begins) => {
    const start = place(index.first, word), end = begins ? place(index.first, word + "\uffff") : start;
    if (end - start > PIECES) { return null; }
    const pieces = await Promise.all(Array.from({length: end - start + 1}, (_one, nth) => load(`w${start + nth}`)));
    const set = new Set();
    for (const [known, list] of pieces.flat()) {
      if (known !== word && !(begins && known.startsWith(word))) { continue; }
      if (list === "*") { return null; }
      let post = 0;
      for (const step of list.split(" ")) { post += parseInt(step, 36); set.add(post); }
    }
    return set;
  };

  // The posts that may have what is wanted, for each of its words; null: it has to be looked for in the texts.
  const possible = (index, wish) => wish.words.map(async (word, nth) => {
    const begins = wish.begins && nth === wish.words.length - 1;
    const some = begins ? [...wish.singulars].filter((one) => !one.startsWith(word)) : [singular(word)];
    const sets = await Promise.all([
      ...some.map((one) => posts(index, one, false)), ...(begins ? [posts(index, word, true)] : [])]);
    return sets.includes(null) ? null : new Set(sets.flatMap((one) => [...one]));
  });

  // Whether a post has what only its texts can say; on the first post of a topic stand its title and its tags.
  const has = (row) => {
    const texts = (row.length > 4 ? [row[1], row[4], row[3]] : [row[3]]).map(fold);
    return unsure.every((wish) => texts.some((words) => standing(wish, words) >= 0));
  };

  const mark = (place, text) => {
    // Words are marked as they stand; the folded text may have another length, so each word is folded by itself.
    for (const part of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
      if (fold(part).some((one) => wanted.some((wish) => wish.words.some((_word, nth) => meets(wish, nth, one))))) {
        const marked = document.createElement("mark");
        marked.textContent = part;
        place.append(marked);
      } else { place.append(part); }
    }
  };

  const snippet = (text) => {
    const parts = text.split(/(\s+)/u);
    const words = parts.flatMap((part, nth) => fold(part).map((word) => [word, nth]));
    const hits = wanted.map((wish) => standing(wish, words.map(([word]) => word))).filter((one) => one >= 0);
    const start = hits.length ? Math.max(0, words[Math.min(...hits)][1] - 16) : 0;
    const piece = parts.slice(start, start + 60).join("");
    return (start ? "…" : "") + piece + (start + 60 < parts.length ? "…" : "");
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
    const index = held.get("words"), lines = [];
    let at = looked;
    $("more").disabled = true;
    try {
      // All or none: a file from another export may lack a post.
      while (lines.length < AT_ONCE && at < found.length) {
        const part = found.slice(at, at + AT_ONCE);
        const files = await Promise.all(part.map((post) => load(`p${Math.floor(post / index.each)}`)));
        if (mine !== turn) { return; }
        for (let nth = 0; nth < part.length && lines.length < AT_ONCE; nth += 1, at += 1) {
          const row = files[nth][part[nth] % index.each];
          if (has(row)) { lines.push(line(row)); }
        }
      }
      $("found").append(...lines);
      shown += lines.length;
      looked = at;
    } finally {
      if (mine === turn) {
        $("more").disabled = false;
        $("more").hidden = !shown || looked >= found.length;  // the search itself is what to try again
      }
    }
    // Said once the posts stand there: who hears it can go on to them.
    const state = $("state"), whole = !unsure.length || looked >= found.length;
    const count = unsure.length ? shown : found.length;
    state.textContent = !whole ? state.dataset.some : count === 0 ? state.dataset[wanted.length > 1 ? "together" : "none"]
      : count === 1 ? state.dataset.one : state.dataset.many.replace("{n}", count.toLocaleString(document.documentElement.lang));
  };

  const search = async () => {
    turn += 1;
    const mine = turn, state = $("state"), index = await load("words");
    wanted = wishes($("words").value);
    $("found").replaceChildren();
    $("more").hidden = true;
    found = []; unsure = []; shown = looked = 0;
    if (!wanted.length) { state.textContent = ""; return; }
    state.textContent = state.dataset.reading;
    const sets = index.first.length
      ? await Promise.all(wanted.map((wish) => Promise.all(possible(index, wish)))) : [[new Set()]];
    if (mine !== turn) { return; }
    const rare = sets.flat().filter((one) => one !== null).sort((one, other) => one.size - other.size);
    if (!rare.length) { state.textContent = state.dataset.common; return; }
    unsure = wanted.filter((wish, nth) => wish.words.length > 1 || sets[nth]?.includes(null));
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

  // An old address of the forum's search: its words, without what they say of order, people and places.
  const asked = new URLSearchParams(location.search).get("q") ?? "";
  $("words").value = asked.split(/\s+/u).filter((one) => !/^(?:[@#]|[a-z_-]+:)/u.test(one)).join(" ");
  if ($("words").value) { search().catch(failed(turn)); }
})();
