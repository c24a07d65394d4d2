// The page of a translation, besides what `keep.js` does: what is offered for a paragraph without translation goes once
// there is one, and one that has signs can be begun with the original's.
"use strict";

for (const offered of form.querySelectorAll(".k-lacks")) {
  const field = offered.parentElement.querySelector("textarea"), button = offered.querySelector("[data-copy]");
  field.addEventListener("input", () => { offered.hidden = Boolean(field.value.trim()); });
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    field.focus();
    if (!document.execCommand("insertText", false, button.dataset.copy)) {
      field.value = button.dataset.copy;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

const PICTURE = /!\[([^[\]|]*)((?:\|[^[\]]*)?\]\([^()]*\))/g;  // its description, and the rest
for (const field of form.querySelectorAll("[data-described]")) {
  const said = [...form.querySelectorAll(`[name^="shows-${field.name.replace("text-", "")}-"]`)];
  said.forEach((one, place) => one.addEventListener("input", () => {
    let nth = 0;
    const plain = one.value.replaceAll("[", "(").replaceAll("]", ")").replaceAll("|", "/");
    field.value = field.value.replace(PICTURE, (whole, _shows, rest) => nth++ === place ? `![${plain}${rest}` : whole);
  }));
}

// Who writes a translation anew means it for the text of now, unless they say otherwise.
for (const fits of form.querySelectorAll("[data-when-typed]")) {
  const field = form.elements[fits.name.replace("fits", "text")], before = field.value;
  let said = false;
  fits.addEventListener("change", () => { said = true; });
  field.addEventListener("input", () => { if (!said) fits.checked = field.value.trim() !== before.trim(); });
}
