// The little that pages do by themselves: renew what changed, and keep the place that somebody reads.
"use strict";

const watched = document.body.dataset.watch, away = document.querySelector("[data-away]");
const whole = ["page", "turn"].includes(watched);  // the latter is renewed when work has ended, and not else
let turn = document.querySelector("[data-turn]")?.dataset.turn;

/** What a part that opens and closes is called, and where it stands. */
const named = (one) => `${one.closest("article, form, section")?.querySelector("h2, h3")?.textContent} ${one.querySelector("summary")?.textContent}`;

/** Put new children in place of those that differ, and leave all others as they are. */
function renew(part, html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  paint(box.content);
  for (const one of box.content.querySelectorAll("details")) {  // what somebody opened or closed stays so
    const before = [...part.querySelectorAll("details")].find((other) => named(other) === named(one));
    if (before) one.open = before.open;
  }
  const old = [...part.childNodes], fresh = [...box.content.childNodes];
  const same = (a, b) => a.isEqualNode(b);
  let first = 0;
  while (first < old.length && first < fresh.length && same(old[first], fresh[first])) first++;
  let last = 0;
  while (last < old.length - first && last < fresh.length - first
    && same(old[old.length - 1 - last], fresh[fresh.length - 1 - last])) last++;
  const before = old[old.length - last] || null;
  old.slice(first, old.length - last).forEach((node) => node.remove());
  fresh.slice(first, fresh.length - last).forEach((node) => part.insertBefore(node, before));
  return first + last < Math.max(old.length, fresh.length);
}

/** Give categories their own colour, for the policy of these pages takes no style from HTML; say which links open a page
    of their own; call languages by name. */
function paint(where) {
  for (const one of where.querySelectorAll("[data-colour]")) {
    if (/^[0-9a-f]{3,6}$/i.test(one.dataset.colour)) one.style.setProperty("--colour", `#${one.dataset.colour}`);
  }
  for (const one of where.querySelectorAll("a[target=_blank]:not([data-told])")) {  // also to whoever does not see the arrow
    one.dataset.told = "";
    one.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: ` (${document.body.dataset.elsewhere})` }));
  }
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
  for (const one of where.querySelectorAll("[data-locale]")) one.textContent = names.of(one.dataset.locale.replace("_", "-"));
  for (const list of where.querySelectorAll("select:has(option[data-locale])")) {  // their order is that of the language
    const named = [...list.querySelectorAll("option[data-locale]")];
    list.append(...named.sort((one, other) => one.textContent.localeCompare(other.textContent, document.documentElement.lang)));
  }
}

/** The line about work that is under way, as it is now; who stands on its link by keyboard still does. Which work
    has ended, if none runs. */
async function renewWork() {
  const line = document.querySelector("[data-work]");
  if (!line) return turn;
  try {
    const answer = await fetch("/work/line");
    if (!answer.ok) return turn;
    const fresh = document.createElement("template"), held = line.contains(document.activeElement);
    fresh.innerHTML = await answer.text();
    [...line.children].forEach((part, at) => renew(part, fresh.content.children[at].innerHTML));
    line.hidden = !line.querySelector("a");
    if (held) line.querySelector("a")?.focus();
    return fresh.content.querySelector("[data-turn]").dataset.turn;
  } catch (error) { return turn; /* the stream tells that nobody answers */ }
}

/** What a field, a link or a button is known by, also where another stands in its place. */
const called = (one) => [one.tagName, one.id, one.name, ["radio", "checkbox"].includes(one.type) ? one.value : "", one.getAttribute("href"),
  one.matches("button, summary") ? one.textContent.trim() : ""].join("|");
const inMain = (known, sort) => [...document.querySelectorAll(`main :is(${sort})`)].find((one) => called(one) === known);

/** Whether somebody wrote or chose something there. */
const isFilled = (one) => one.matches("select") ? [...one.options].some((each) => each.selected !== each.defaultSelected)
  : one.value !== one.defaultValue || one.checked !== one.defaultChecked;

/** What is at the top of what one sees, and how far down: after a change it stands there again. */
function place() {
  const seen = [...document.querySelectorAll("main :is(h1, h2, h3, li, label, p)")].find((one) => one.getBoundingClientRect().top >= 0);
  return seen && [seen.tagName, seen.textContent, seen.getBoundingClientRect().top];
}
function backTo(mark) {
  const now = mark && [...document.querySelectorAll(`main ${mark[0]}`)].find((one) => one.textContent === mark[1]);
  if (now) scrollBy(0, now.getBoundingClientRect().top - mark[2]);
}

async function refresh() {
  if (whole) {
    const page = await fetch(location.href);
    if (page.redirected) { location.assign(page.url); return; }
    const text = await page.text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    const fields = "input:not([type=hidden]), textarea, select", reached = `${fields}, a, button, summary`;
    const typed = [...document.querySelectorAll(`main :is(${fields})`)].filter(isFilled);
    const held = document.activeElement, stood = place();
    if ((page.ok || page.status === 422) && fresh) renew(document.querySelector("main"), fresh.innerHTML);
    for (const one of typed) {  // what somebody writes or chooses stays, also where the field around it was renewed
      const now = inMain(called(one), fields);
      if (now && now !== one) { now.value = one.value; now.checked = one.checked; }
    }
    if (held && !held.isConnected) {  // who stood on a link, a button or a field by keyboard still does, within its text, too
      const now = inMain(called(held), reached), at = held.matches("textarea, input:not([type]), input[type=text], input[type=search]");
      now?.focus({ preventScroll: true });
      if (now && at) now.setSelectionRange(held.selectionStart, held.selectionEnd);
    }
    backTo(stood);
  } else {
    const address = `/preview-parts/${watched.split("/").map(encodeURIComponent).join("/")}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const parts = await answer.json();
    let changed = false;
    for (const part of document.querySelectorAll("[data-part]")) changed = renew(part, parts[part.dataset.part]) || changed;
    document.title = `${parts.title} · koweb`;
    const said = document.querySelector("[data-said]");
    if (changed && said) said.textContent = said.dataset.said;
  }
}

document.addEventListener("input", (event) => {  // who types a text of their own chooses it
  const choice = event.target.dataset.choice && document.getElementById(event.target.dataset.choice);
  if (choice) choice.checked = true;
});

/** What somebody typed and did not save can be taken along; that it was saved once is not true of it. */
function rescue(offer) {
  const typed = [...document.querySelectorAll("main :is(textarea, [data-unsent] [name=message])")].filter((one) => one.value !== one.defaultValue);
  if (!offer || !typed.length) return;
  offer.hidden = false;
  for (const one of document.querySelectorAll("main .k-told[role=status]")) one.hidden = true;
  const button = offer.querySelector("button");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(typed.map((one) => one.value).join("\n\n"));
      button.textContent = button.dataset.copied;
    } catch (error) {
      button.textContent = button.dataset.notCopied;
      typed[0].select();
    }
  };
}

document.addEventListener("input", () => {  // also what is typed afterwards
  if (away && !away.hidden) rescue(away.querySelector("[data-rescue]"));
});

for (const field of document.querySelectorAll("[data-tags]")) {  // what is offered goes on behind each comma
  const known = [...field.list.options].map((one) => one.value);
  field.addEventListener("input", () => {
    const before = field.value.slice(0, field.value.lastIndexOf(",") + 1), there = before.toLowerCase().split(/\s*,\s*/);
    field.list.replaceChildren(...known.filter((one) => !there.includes(one.toLowerCase()))
      .map((one) => Object.assign(document.createElement("option"), { value: before ? `${before} ${one}` : one })));
  });
}

const zone = document.querySelector("[data-offset]");  // named where it is not the reader's own
if (zone) zone.hidden = Number(zone.dataset.offset) === -new Date().getTimezoneOffset();

if (away) {  // every page waits for news: koweb ends when none is open any more
  let running = false, again = false;
  const once = async () => {
    if (running) { again = true; return; }
    running = true;
    const now = await renewWork();
    try {
      if (watched && (watched !== "turn" || (now && now !== turn))) await refresh();
      turn = now || turn;
    } catch (error) { /* the stream tells that nobody answers */ }
    running = false;
    if (again) { again = false; once(); }
  };
  const stream = new EventSource("/events");
  stream.onmessage = once;
  // What happened before the stream was open told nobody; of one post, only a lost stream can have missed anything.
  stream.onopen = () => { if (!away.hidden || whole) { away.hidden = true; once(); } else renewWork(); };
  stream.onerror = () => { away.hidden = false; rescue(away.querySelector("[data-rescue]")); };
  const ask = () => {  // what is decided elsewhere is asked for, as often as the page says
    const due = document.querySelector("[data-again]");
    if (due) setTimeout(async () => { await once(); ask(); }, 1000 * due.dataset.again);
  };
  ask();
  document.addEventListener("visibilitychange", () => {  // who comes back to a page sees how things are now
    if (!document.hidden && whole) once();
  });
}
paint(document);

const opener = document.querySelector("[data-menu]");
if (opener) {  // a narrow page folds its menu
  opener.hidden = false;
  opener.addEventListener("click", () => { opener.setAttribute("aria-expanded", String(opener.getAttribute("aria-expanded") === "false")); });
}
