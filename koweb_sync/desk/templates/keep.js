// The page of a text, of a post or a translation: it is kept while one types, and its preview renewed where there is one.
"use strict";

const form = document.querySelector("[data-write]");
const text = form.elements.body;
const path = form.dataset.write.split("/").map(encodeURIComponent).join("/");
const PAUSE = 200, LATEST = 400;  // milliseconds after the last key, and after the first, when all is sent
const LATER = 3_000;  // milliseconds, after which it is tried again where nobody answered
const CARRIED = 60_000;  // bytes that go along with whoever leaves a page (the Fetch standard allows 64 KiB)
let waiting = 0, first = 0, running = false, again = false, leaving = false;
let typed = 0, kept = 0;  // how often somebody typed, and how much of that koweb has
let handed = 0, carried = 0;  // how much of it goes along, and the bytes that are under way so

const state = form.querySelector("[data-kept]"), heard = form.querySelector("[data-kept-said]");

/** Say whether what is typed is saved; aloud only where that changes, not at every key. */
function tell(kind, words) {
  state.textContent = words;
  if (state.dataset.kept !== kind) heard.textContent = heard.getAttribute(`data-when-${kind}`) || words;
  state.dataset.kept = kind;
}

/** What the form holds, with how often somebody typed: what arrives late is known by that. */
function filled() {
  form.elements.typed.value = typed;
  return new FormData(form);
}

/** Send what is typed, to be kept. `more`: how the request is sent. */
function send(sent, more) {
  return fetch(`/write-preview/${path}`, { method: "POST", body: sent, headers: { Accept: "application/json" }, ...more });
}
function typing() {
  const sent = filled();
  sent.delete("files");
  return sent;
}

/** Let what was typed last go along with whoever leaves the page. False where it is too much, or nobody answers. */
function takeAlong() {
  if (leaving || kept === typed || handed === typed) return true;
  const sent = typing(), mine = typed;
  const size = [...sent].reduce((sum, [name, value]) => sum + 200 + new Blob([name, value]).size + value.split("\n").length, 0);
  if (!document.querySelector("[data-away]").hidden || carried + size > CARRIED) return false;
  handed = mine;
  carried += size;
  send(sent, { keepalive: true })
    .then((answer) => { if (answer.ok) kept = Math.max(kept, mine); else handed = -1; }, () => { handed = -1; })
    .finally(() => { carried -= size; });
  return true;
}

/** What kept the text from being saved is not said any longer than it is so. */
function mended(wrong) {
  for (const one of document.querySelectorAll("[data-fault=page], [data-fault=created]")) {
    if (one.dataset.fault === wrong || one.hidden) continue;
    one.hidden = true;
    form.querySelector(`[aria-describedby="${one.id}"]`)?.removeAttribute("aria-invalid");
  }
}

async function see() {
  if (leaving) return;
  if (running) { again = true; return; }
  running = true;
  first = 0;
  const mine = typed;
  try {
    const answer = await send(typing());
    if (answer.ok) {
      kept = Math.max(kept, mine);
      const parts = await answer.json();
      for (const part of document.querySelectorAll("[data-part]")) if (part.dataset.part in parts) renew(part, parts[part.dataset.part]);
      paint(document);
      tell(...parts.kept);
      mended(parts.wrong);
    } else tell("away", answer.status === 413 ? state.dataset.large : state.dataset.away);
  } catch (error) {
    tell("away", state.dataset.away);
    waiting = setTimeout(see, LATER);
  }
  running = false;
  if (again) { again = false; see(); }
}

form.addEventListener("input", () => {
  typed++;
  leaving = false;  // what was sent did not lead away
  clearTimeout(waiting);
  first ||= performance.now();
  waiting = setTimeout(see, Math.max(0, Math.min(PAUSE, first + LATEST - performance.now())));
});

// What is said of words that are still the original's, or the saved ones, and offered for them, stands no longer than it
// is so; what signs of links and pictures are is said as long as there are some.
for (const field of form.querySelectorAll("[data-original]")) {
  const said = field.parentElement.querySelector("[data-still]"), same = field.parentElement.querySelector("[data-same]");
  field.addEventListener("input", () => {
    said.hidden = field.value.trim() !== field.dataset.original.trim();
    if (same) same.hidden = said.hidden && Boolean(field.value.trim());
  });
}
for (const field of form.querySelectorAll("textarea")) {
  const of = (kind) => field.parentElement.querySelector(`[data-of-${kind}]`), pictures = of("pictures"), links = of("links");
  if (!pictures) continue;
  const count = (signs) => field.value.split(signs).length - 1;
  field.addEventListener("input", () => { pictures.hidden = !count("!["); links.hidden = count("](") <= count("!["); });
}

form.addEventListener("submit", (event) => {
  if (!document.querySelector("[data-away]").hidden) {  // nobody would answer: the page, and the text, stay
    event.preventDefault();
    state.dataset.kept = "";  // said aloud once more
    tell("away", state.dataset.away);
    state.scrollIntoView({ block: "center" });
    return;
  }
  form.elements.typed.value = typed;
  leaving = true;
  sessionStorage.setItem(STOOD, JSON.stringify([saveButton().getBoundingClientRect().top, text?.scrollTop || 0]));
});

/** Who saves finds the page as it stood: the button where it was, and a long text at the same line. */
const saveButton = () => form.querySelector(".k-first"), STOOD = `stood ${path}`;
const stood = JSON.parse(sessionStorage.getItem(STOOD) || "null");
sessionStorage.removeItem(STOOD);
if (stood && /[?&](saved|merged|fits)\b/.test(location.search)) {
  if (text) text.scrollTop = stood[1];
  scrollBy({ top: saveButton().getBoundingClientRect().top - stood[0], behavior: "instant" });
}
// What koweb keeps stands here again: nobody is frightened for it, but for what cannot go along.
window.addEventListener("beforeunload", (event) => { if (!takeAlong()) event.preventDefault(); });
window.addEventListener("pagehide", takeAlong);
document.addEventListener("visibilitychange", () => { if (document.hidden && !takeAlong()) see(); });

// Somebody may have typed before this was there.
const early = document.activeElement;
if (early?.form === form && "defaultValue" in early && early.value !== early.defaultValue) {
  early.dispatchEvent(new Event("input", { bubbles: true }));
}
