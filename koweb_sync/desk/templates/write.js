// The page of a text: its preview while one types (which keeps the text, too), and pictures by paste and drop.
"use strict";

const form = document.querySelector("[data-write]");
const text = form.elements.body;
const path = form.dataset.write.split("/").map(encodeURIComponent).join("/");
const fault = form.querySelector("[data-said-fault]");
const opened = text.value;
let waiting = 0, running = false, again = false, leaving = false;

async function see() {
  if (running) { again = true; return; }
  running = true;
  const sent = new FormData(form);
  sent.delete("files");
  try {
    const answer = await fetch(`/write-preview/${path}`, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (answer.ok) {
      const parts = await answer.json();
      for (const part of document.querySelectorAll("[data-part]")) renew(part, parts[part.dataset.part]);
      paint();
    }
  } catch (error) { /* the stream tells that nobody answers */ }
  running = false;
  if (again) { again = false; see(); }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(see, 200);
});

function put(markdown) {
  text.setRangeText(markdown, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

async function insert(address, sent) {
  fault.hidden = true;
  const answer = await fetch(address, { method: "POST", body: sent, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (answer.ok) { put(told.markdown); return true; }
  fault.textContent = `${told.error.message} ${told.error.remedy}`;
  fault.hidden = false;
  return false;
}

for (const button of form.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (await insert(button.formAction, new FormData(form))) {
      for (const name of ["files", "alt", "width", "link"]) form.elements[name].value = "";
    }
  });
}

/** Files that are dropped or pasted wait in the form: what they show has to be said first. */
function take(event, files) {
  if (!files || !files.length) return;
  event.preventDefault();
  form.elements.files.files = files;
  form.querySelector("[data-more]").open = true;
  form.elements.alt.focus();
}
text.addEventListener("drop", (event) => take(event, event.dataTransfer.files));
text.addEventListener("paste", (event) => take(event, event.clipboardData.files));
text.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });

form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => { if (!leaving && text.value !== opened) event.preventDefault(); });
