// The page of a text, of a post or a translation: it is kept while one types, and its preview renewed where there is one.
"use strict";

const form = document.querySelector("[data-write]");
const text = form.elements.body;
const path = form.dataset.write.split("/").map(encodeURIComponent).join("/");
const fault = form.querySelector("[data-said-fault]");
let waiting = 0, running = false, again = false, leaving = false;
let typed = 0, kept = 0;  // how often somebody typed, and how much of that koweb has

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
  const sent = filled();
  sent.delete("files");
  const mine = typed;
  try {
    const answer = await fetch(`/write-preview/${path}`, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (answer.ok) {
      kept = mine;
      const parts = await answer.json();
      for (const part of document.querySelectorAll("[data-part]")) renew(part, parts[part.dataset.part]);
      paint(document);
      tell(...parts.kept);
      mended(parts.wrong);
    } else tell("away", answer.status === 413 ? fault.dataset.large : fault.dataset.away);
  } catch (error) { tell("away", fault.dataset.away); }
  running = false;
  if (again) { again = false; see(); }
}

form.addEventListener("input", () => {
  typed++;
  leaving = false;  // what was sent did not lead away
  clearTimeout(waiting);
  waiting = setTimeout(see, 200);
});

form.addEventListener("submit", (event) => {
  if (!document.querySelector("[data-away]").hidden) {  // nobody would answer: the page, and the text, stay
    event.preventDefault();
    fault.textContent = fault.dataset.away;
    fault.hidden = false;
    return;
  }
  form.elements.typed.value = typed;
  leaving = true;
});
// What koweb keeps stands here again: nobody is frightened for it.
window.addEventListener("beforeunload", (event) => { if (!leaving && kept !== typed) event.preventDefault(); });
