// The signs of Markdown, put around the words that are chosen, or at the beginning of their lines.
"use strict";

const AROUND = { bold: "**", italic: "*" }, BEFORE = { heading: "## ", list: "- ", quote: "> " };
const field = document.querySelector("[data-write]").elements.body;
const bar = document.querySelector("[data-marks]");

/** Put a text in place of what is chosen, so that it can be undone, and choose a part of it. */
function exchange(start, end, text, first, last) {
  field.focus();
  field.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
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

/** A sign before each line that is chosen, as a paragraph of its own. */
function before(sign, word) {
  const all = field.value;
  const start = all.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const stop = all.indexOf("\n", Math.max(field.selectionEnd - (field.selectionEnd > field.selectionStart && all[field.selectionEnd - 1] === "\n" ? 1 : 0), start));
  const end = stop < 0 ? all.length : stop;
  const lines = all.slice(start, end).split("\n");
  const marked = lines.map((line) => (line || lines.length > 1 ? line && sign + line : sign + word)).join("\n");
  const above = all.slice(0, start), below = all.slice(end);
  const gap = !above || above.endsWith("\n\n") ? "" : "\n";
  exchange(start, end, gap + marked + (!below || below.startsWith("\n\n") ? "" : "\n"), gap.length + sign.length, gap.length + marked.length);
}

/** A link: its words stay, its address is chosen, to be typed over. */
function address(word) {
  const [start, end] = [field.selectionStart, field.selectionEnd];
  const chosen = field.value.slice(start, end), url = "https://";
  if (/^https?:\S+$/.test(chosen)) { exchange(start, end, `[${word}](${chosen})`, 1, 1 + word.length); return; }
  const words = chosen || word;
  exchange(start, end, `[${words}](${url})`, words.length + 3, words.length + 3 + url.length);
}

function mark(kind) {
  const { word } = bar.querySelector(`[data-mark=${kind}]`).dataset;
  if (kind in AROUND) around(AROUND[kind], word);
  else if (kind in BEFORE) before(BEFORE[kind], word);
  else address(word);
}

bar.hidden = false;
document.querySelector("[data-keys]").hidden = false;
bar.addEventListener("click", (event) => { if (event.target.dataset.mark) mark(event.target.dataset.mark); });
field.addEventListener("keydown", (event) => {
  const kind = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
  if (!kind || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  mark(kind);
});
