// What is written or chosen in a form that is not sent yet is kept meanwhile, and goes along with whoever leaves its page.
"use strict";

const SOON = 200;  // milliseconds after the last key
const sheet = [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
const unsent = new Set();  // the forms of which the last words are not kept yet
let strokes = 0, soon = 0, sending = false;

document.addEventListener("formdata", (event) => {  // what arrives late is known by these
  event.formData.set("sheet", sheet);
  event.formData.set("strokes", strokes);
});

/** Send what a form says, to be kept. `more`: how the request is sent. */
function keepForm(one, more) {
  return fetch(one.dataset.unsent, { method: "POST", body: new FormData(one), headers: { Accept: "application/json" }, ...more });
}

async function keepSoon() {
  if (sending) return;
  sending = true;
  for (const one of [...unsent]) {
    const mine = strokes;
    try {
      if ((await keepForm(one)).ok && mine === strokes) unsent.delete(one);
    } catch (error) { /* the stream tells that nobody answers */ }
  }
  sending = false;
}

function takeUnsent() {
  for (const one of unsent) keepForm(one, { keepalive: true }).then((answer) => { if (answer.ok) unsent.delete(one); }, () => {});
}

document.addEventListener("input", (event) => {
  const one = event.target.form;
  if (!one?.dataset.unsent) return;
  strokes++;
  unsent.add(one);
  clearTimeout(soon);
  soon = setTimeout(keepSoon, SOON);
});
document.addEventListener("submit", (event) => { unsent.delete(event.target); });
window.addEventListener("pagehide", takeUnsent);
document.addEventListener("visibilitychange", () => { if (document.hidden) takeUnsent(); });

// Somebody may have typed before this was there.
const early = document.activeElement;
if (early?.form?.dataset.unsent && "defaultValue" in early && early.value !== early.defaultValue) {
  early.dispatchEvent(new Event("input", { bubbles: true }));
}
