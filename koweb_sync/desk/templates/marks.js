// The signs of Markdown, put around the words that are chosen, or at the beginning of their lines; lists that go on.
"use strict";

const AROUND = { bold: "**", italic: "*" };
const BEFORE = {  // what begins a line, and what of that kind may stand there already
  heading: ["## ", /^#{1,6} +/], list: ["- ", /^[-*+] +/], numbers: ["1. ", /^\d{1,9}[.)] +/], quote: ["> ", /^> ?/],
};
const OTHER_LIST = { list: BEFORE.numbers[1], numbers: BEFORE.list[1] };
const ITEM = /^(\s*)([-*+]|(\d{1,9})([.)]))( +)(\[[ xX]\] +)?/, RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ADDRESS = /^https?:\/\/\S+$/;
const field = document.querySelector("[data-write]").elements.body;
const bar = document.querySelector("[data-marks]");

/** Put a text in place of what is chosen, so that it can be undone, and choose a part of it. */
function exchange(start, end, text, first, last) {
  field.focus();
  field.setSelectionRange(start, end);
  const done = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!done) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start + first, start + last);
}

/** Signs around words: taken away again where they stand there already. */
function around(sign, word) {
  const [start, end] = [field.selectionStart, field.selectionEnd], all = field.value, size = sign.length;
  const chosen = all.slice(start, end) || word;
  const there = end > start && all.slice(start - size, start) === sign && all.slice(end, end + size) === sign;
  const longer = sign === "*" && all.slice(start - 2, start) === "**" && all.slice(start - 3, start) !== "***";
  if (there && !longer) exchange(start - size, end + size, chosen, 0, chosen.length);
  else exchange(start, end, sign + chosen + sign, size, size + chosen.length);
}

/** Where the lines begin and end that are chosen. */
function lines() {
  const all = field.value, [from, to] = [field.selectionStart, field.selectionEnd];
  const start = all.lastIndexOf("\n", from - 1) + 1;
  const stop = all.indexOf("\n", Math.max(to - (to > from && all[to - 1] === "\n" ? 1 : 0), start));
  return [start, stop < 0 ? all.length : stop];
}

/** A sign before each line that is chosen, as a paragraph of its own: taken away again where all have it. */
function before(kind, word) {
  const [sign, there] = BEFORE[kind], other = OTHER_LIST[kind] || there, all = field.value, [start, end] = lines();
  const chosen = all.slice(start, end).split("\n"), full = chosen.filter((line) => line.trim());
  const same = (line) => (kind === "heading" ? line.startsWith(sign) : there.test(line));
  if (full.length && full.every(same)) {
    const bare = chosen.map((line) => line.replace(there, "")).join("\n");
    exchange(start, end, bare, 0, bare.length);
    if (chosen.length === 1) field.setSelectionRange(start + bare.length, start + bare.length);
    return;
  }
  let number = 0;
  const marked = (full.length ? chosen : [word]).map((line) => {
    const bare = line.replace(there, "").replace(other, "");
    return line.trim() ? (kind === "numbers" ? `${++number}. ` : sign) + bare : line;
  }).join("\n");
  const above = all.slice(0, start), below = all.slice(end);
  const gap = !above || above.endsWith("\n\n") ? "" : "\n";
  const next = below.startsWith("\n\n") ? "" : below ? "\n" : "\n\n";  // what is typed there is no part of it
  exchange(start, end, gap + marked + (kind === "heading" && !below ? "" : next), gap.length + sign.length, gap.length + marked.length);
}

/** The link in whose words or address one is: where it begins, its words end, its address ends, and it ends; null elsewhere. */
function linkHere() {
  const [start, end] = lines(), line = field.value.slice(start, end);
  for (const one of line.matchAll(/\[([^\][]*)\]\(([^()]*)\)/g)) {
    const first = start + one.index, words = first + 1 + one[1].length, last = first + one[0].length;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    if ((from > first && to < last) || (from === first && to === last)) return { first, words, address: last - 1, last };
  }
  return null;
}

const links = form.querySelector("[data-links]"), pictures = form.querySelector("[data-pictures]");

/** Open what adds something where one writes, instead of what stands there. A button of the bar is the one way there:
 * where it closes, it is not seen.
 */
function atHand(part) {
  for (const other of [links, pictures]) if (other !== part && other.previousElementSibling === bar) other.open = false;
  bar.after(part);
  part.hidden = false;
  part.open = true;
}
for (const part of [links, pictures]) {
  const home = document.createComment("");
  part.before(home);
  part.hidden = !part.open;
  part.addEventListener("toggle", () => { if (!part.open) { part.hidden = true; home.after(part); } });
  part.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    part.open = false;
    field.focus();
  });
}

/** Ask for a link where one writes: the words that are chosen are shown, or those of the link in which one is. */
function askLink() {
  const here = linkHere();
  if (here) field.setSelectionRange(here.first, here.last);
  const chosen = field.value.slice(field.selectionStart, field.selectionEnd), known = ADDRESS.test(chosen);
  form.elements.words.value = here ? field.value.slice(here.first + 1, here.words) : known ? "" : chosen.replace(/\s+/g, " ").trim();
  link.value = here ? field.value.slice(here.words + 2, here.address) : known ? chosen : "";
  found.replaceChildren();
  atHand(links);
  link.focus();
  link.select();
}

/** An address that is pasted onto chosen words makes a link of them. */
function pasted(given) {
  const [start, end] = [field.selectionStart, field.selectionEnd], chosen = field.value.slice(start, end);
  if (!ADDRESS.test(given)) return false;
  if (!chosen.trim() || /[\n[\]]/.test(chosen) || ADDRESS.test(chosen) || linkHere()) return false;
  const link = `[${chosen}](${given})`;
  exchange(start, end, link, link.length, link.length);
  return true;
}

/** Enter within a list: the next item begins with its sign, and an empty one ends the list. */
function goOn() {
  const all = field.value, at = field.selectionStart, [start, end] = lines();
  const line = all.slice(start, end), item = ITEM.exec(line);
  const fences = all.slice(0, start).split("\n").filter((one) => /^ {0,3}(```|~~~)/.test(one)).length;
  if (field.selectionEnd !== at || !item || RULE.test(line) || fences % 2 || at < start + item[0].length) return false;
  if (line.length === item[0].length) {
    const apart = !start || all.slice(0, start).endsWith("\n\n") ? "" : "\n";  // else what is typed next joins the last item
    exchange(start, end, apart, apart.length, apart.length);
    return true;
  }
  const sign = item[3] ? `${Number(item[3]) + 1}${item[4]}` : item[2];
  const next = `\n${item[1]}${sign}${item[5]}${item[6] ? "[ ] " : ""}`;
  exchange(at, at, next, next.length, next.length);
  return true;
}

function mark(kind) {
  if (kind === "link") { askLink(); return; }
  const { word } = bar.querySelector(`[data-mark=${kind}]`).dataset;
  if (kind in AROUND) around(AROUND[kind], word);
  else before(kind, word);
}

bar.hidden = false;
document.querySelector("[data-keys]").hidden = false;
bar.addEventListener("click", (event) => { if (event.target.dataset.mark) mark(event.target.dataset.mark); });
field.addEventListener("paste", (event) => {
  if (pasted(event.clipboardData.getData("text/plain").trim())) event.preventDefault();
});
field.addEventListener("keydown", (event) => {
  const alone = !event.altKey && !event.shiftKey, control = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && alone && !control && !event.isComposing && goOn()) event.preventDefault();
  const kind = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
  if (!kind || !control || !alone) return;
  event.preventDefault();
  mark(kind);
});
