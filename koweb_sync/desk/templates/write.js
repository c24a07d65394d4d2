// The page of a post, besides what `keep.js` does: links, and pictures by paste and drop.
"use strict";

const PLACE = `caret ${path}`, SEEN = 40;  // of the words before the caret, as many are said
const fault = form.querySelector("[data-said-fault]");  // why a link, or a file, could not be added
let placed = false;  // whether somebody put the caret into the text

/** Where the caret is outlasts a save: the page that is loaded then has the same text before it. */
addEventListener("pagehide", () => {
  const at = text.selectionEnd;
  if (placed) sessionStorage.setItem(PLACE, JSON.stringify([at, text.value.slice(0, at).slice(-SEEN)]));
});
const [last, words] = JSON.parse(sessionStorage.getItem(PLACE) || "[-1]");
if (last >= 0 && text.value.slice(0, last).slice(-SEEN) === words) {
  text.setSelectionRange(last, last);
  placed = true;
}

/** The words before the caret, on the last line that has any. */
function wordsBefore() {
  return text.value.slice(0, text.selectionStart).trim().split("\n").pop();
}

/** Say where an addition goes: to the caret; to the end of the text, where nobody put it anywhere. */
function sayWhere() {
  const end = text.value.length;
  if (!placed && text.selectionStart !== end) text.setSelectionRange(end, end);
  const chosen = text.value.slice(text.selectionStart, text.selectionEnd).trim(), said = chosen || wordsBefore();
  const kind = chosen ? "instead" : text.value.slice(text.selectionEnd).trim() === "" ? "last" : said ? "behind" : "first";
  for (const one of form.querySelectorAll("[data-where]")) {
    one.textContent = one.dataset[kind].replace("{words}", () => (said.length > SEEN ? `…${said.slice(-SEEN).trim()}` : said));
  }
}
text.addEventListener("focus", () => { placed = true; });
document.addEventListener("selectionchange", sayWhere);
sayWhere();

/** Put Markdown where one writes; pictures and files stand in paragraphs of their own, a link not in the word before. */
function put(markdown, apart) {
  const before = text.value.slice(0, text.selectionStart), after = text.value.slice(text.selectionEnd);
  if (apart) {
    const gap = !before.trim() || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    markdown = `${gap}${markdown}${after.startsWith("\n") ? "\n" : "\n\n"}`;
  } else if (text.selectionStart === text.selectionEnd && /[\p{L}\p{N}.,;:!?)»]$/u.test(before)) markdown = ` ${markdown}`;
  exchange(text.selectionStart, text.selectionEnd, markdown, markdown.length, markdown.length);
}

/** Bring the line where the caret is into sight: in the field, and on the page. */
function showCaret() {
  const drawn = getComputedStyle(text), copy = document.createElement("div"), caret = document.createElement("span");
  const like = ["fontFamily", "fontSize", "fontWeight", "lineHeight", "letterSpacing", "padding", "tabSize"];
  for (const name of like) copy.style[name] = drawn[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", boxSizing: "border-box" });
  Object.assign(copy.style, { width: `${text.clientWidth}px`, whiteSpace: "pre-wrap", overflowWrap: "break-word" });
  caret.textContent = "|";
  copy.append(text.value.slice(0, text.selectionEnd), caret);
  text.after(copy);
  const at = caret.offsetTop, high = caret.offsetHeight;
  copy.remove();
  if (at < text.scrollTop || at + high > text.scrollTop + text.clientHeight) text.scrollTop = at - text.clientHeight / 2;
  const top = text.getBoundingClientRect().top + text.clientTop + at - text.scrollTop;
  const room = Math.min(120, innerHeight / 4);  // what stands still at the top covers no line
  if (top < room || top + high > innerHeight - room) scrollBy({ top: top - innerHeight / 2, behavior: "instant" });
}

const files = form.elements.files, box = form.querySelector("[data-files]"), found = form.querySelector("[data-found]");
const about = box.firstElementChild;

/** Errors stand beside their fields: `said` has them by the field's name. */
function blame(said) {
  for (const one of form.querySelectorAll("[role=alert][id$=-fault]")) {
    const told = said[one.id.slice(2, -6)] || "";
    if (one.textContent !== told) one.textContent = told;
    one.hidden = !told;
    const field = form.querySelector(`[aria-describedby="${one.id}"]`);
    if (field) field.toggleAttribute("aria-invalid", Boolean(told));
  }
  form.querySelector("[aria-invalid]")?.focus();
}

/** One file, one description: each that was chosen has fields of its own. */
function describe() {
  box.replaceChildren(...Array.from(files.files.length ? files.files : [null], (file, number) => {
    const one = about.cloneNode(true);
    for (const part of one.querySelectorAll("[id], [for], [aria-describedby]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace("-0", `-${number}`));
      }
    }
    for (const input of one.querySelectorAll("input")) input.value = "";
    const legend = one.querySelector("legend");
    if (file) { legend.textContent = file.name; legend.className = ""; }
    if (file && file.type.startsWith("image/")) {
      const seen = document.createElement("img");
      seen.alt = "";
      seen.onload = () => URL.revokeObjectURL(seen.src);
      seen.src = URL.createObjectURL(file);
      legend.after(seen);
    }
    return one;
  }));
  blame({});
  const add = form.querySelector("[data-several]");
  add.textContent = files.files.length > 1 ? add.dataset.several : add.dataset.one;
}
files.multiple = true;
files.addEventListener("change", () => { describe(); ask(); });
document.querySelector("[data-picture]").addEventListener("click", () => files.click());

/** What was chosen waits for its words, where one writes. */
function ask() {
  if (!files.files.length) return;
  if (!pictures.open) atHand(pictures);
  box.querySelector("input").focus();
}

async function insert(button) {
  fault.hidden = true;
  clearTimeout(seeking);  // an answer to what was typed before does not take the place of this one
  sought++;
  const sent = filled();
  if (button.name) sent.append(button.name, button.value);
  const answer = await fetch(button.formAction, { method: "POST", body: sent, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (told.found) {
    found.innerHTML = told.found;
    const first = found.querySelector("button");
    (first || link).focus();
    if (!first) found.scrollIntoView({ block: "nearest" });  // why there is nothing may be below the window's edge
    return;
  }
  if (answer.ok) {
    const isFile = button.formAction.includes("/write-file/");
    put(told.markdown, isFile);
    if (isFile) { files.value = ""; describe(); pictures.open = false; } else {
      link.value = form.elements.words.value = "";
      found.replaceChildren();
      if (links.previousElementSibling === bar) links.open = false;  // it was asked for where one writes
    }
    placed = true;
    sayWhere();
    showCaret();
    return;
  }
  blame(told.faults || {});
  if (!told.error) return;
  fault.textContent = `${told.error.message} ${told.error.remedy}`;
  fault.hidden = false;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  event.preventDefault();
  insert(button);
});

// Enter in a field that adds something adds it: the text is not saved by that, nor left.
form.addEventListener("keydown", (event) => {
  const more = event.target.matches("[data-more] input:not([type=file])") && event.target.closest("[data-more]");
  if (!more || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  insert(more.querySelector("[data-insert]"));
});

const link = form.elements.link;
let seeking = 0, sought = 0;

/** What may be linked to is shown while somebody types words of its title; the forum is not asked by that. */
async function seek() {
  const mine = ++sought, sent = filled();
  sent.delete("files");
  sent.append("where", "live");
  const answer = await fetch(`/write-link/${path}`, { method: "POST", body: sent, headers: { Accept: "application/json" } });
  if (answer.ok && mine === sought && link.value.trim()) found.innerHTML = (await answer.json()).found;
}
link.removeAttribute("list");
link.addEventListener("input", (event) => {
  event.stopPropagation();  // it is no part of the text
  clearTimeout(seeking);
  sought++;
  if (link.value.trim()) seeking = setTimeout(() => seek().catch(() => {}), 200);
  else found.replaceChildren();
});
form.elements.words.addEventListener("input", (event) => event.stopPropagation());
form.querySelector("[data-links] summary").addEventListener("click", () => setTimeout(() => link.focus()));

/** Files that are dropped or pasted wait in the form: what they show has to be said first. */
function take(event, given) {
  if (!given || !given.length) return;
  event.preventDefault();
  files.files = given;
  describe();
  ask();
}
text.addEventListener("drop", (event) => take(event, event.dataTransfer.files));
text.addEventListener("paste", (event) => take(event, event.clipboardData.files));
text.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
