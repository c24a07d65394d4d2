// The page of a translation, besides what `keep.js` does: a paragraph that has signs can be begun with the original's.
"use strict";

for (const button of form.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const offer = () => { button.hidden = Boolean(field.value.trim()); };
  button.addEventListener("click", () => {
    field.focus();
    if (!document.execCommand("insertText", false, button.dataset.text)) {
      field.value = button.dataset.text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  field.addEventListener("input", offer);
  offer();
}
