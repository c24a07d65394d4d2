"""A judge of pages: everybody can read and use them, wide and narrow, by day and by night, by keyboard alone."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from playwright.sync_api import Error as PageError
from playwright.sync_api import Page

from tests.browsing import AXE, NARROW, WIDE, four_ways
from tests.gate import RUN

SHOTS = os.environ.get("KOWEB_TEST_SHOTS")  # a folder for pictures of the pages, for somebody who looks at them
WATCH_KEYS = """() => {
  const sort = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const can = (one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility();
  window.reachable = [...document.querySelectorAll(sort)].filter(can);
  window.reached = new Map();
  addEventListener("focusin", ({ target }) => {
    const style = getComputedStyle(target);
    window.reached.set(target, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
  });
  const top = Object.assign(document.createElement("span"), { tabIndex: -1 });  // a field may have the focus already
  document.body.prepend(top);
  top.focus();
  top.remove();
  window.reached.clear();
  return window.reachable.length + 12 * document.querySelectorAll("input[type=date]").length;
}"""
SURROUNDINGS = """() => {  // what these stand in: the kinds of elements, their classes, and the scripts of the page
  const kind = (one) => [one.localName, one.type ?? "", one.tabIndex, ...one.classList].join(".");
  const above = (one) => one === document.body ? "" : `${kind(one)} < ${above(one.parentElement)}`;
  const scripts = [...document.scripts].map((one) => one.getAttribute("src")).join();
  return [...new Set(window.reachable.map((one) => `${above(one)} ${scripts}`))];
}"""
UNREACHED = """() => {
  const twins = (one) => one.type === "radio"
    ? [...window.reached.keys()].some((other) => other.form === one.form && other.name === one.name) : false;
  const told = (one) => one.outerHTML.slice(0, 120);
  return [...window.reachable.filter((one) => one.isConnected && !window.reached.has(one) && !twins(one)).map(told),
    ...[...window.reached].filter(([one, seen]) => !seen && one.isConnected && one.id !== "k-content")
      .map(([one]) => `no frame: ${told(one)}`)];
}"""
RENEWED = "Execution context was destroyed"  # what is said of a script whose page went away
EMPTY_BELOW = """() => document.documentElement.scrollHeight
  - Math.max(innerHeight, document.body.getBoundingClientRect().bottom + scrollY)"""
SEEN = """() => {
  const page = document.body.cloneNode(true);  // without what is folded, and what people wrote themselves
  page.querySelectorAll("details, textarea, code, datalist, .cooked, .k-plain, .k-before, .k-after, .unseen")
    .forEach((one) => one.remove());
  return page.textContent;
}"""
TECHNICAL = re.compile(r"\S*/\S+\.md\b|(?<![/\w.-])[a-z]+(?:_[a-z]+)+\b")  # a path of a post file, a name of a setting
OUT_OF_SIGHT = """() => {
  const shown = (sort) => [...document.querySelectorAll(`main :is(${sort})`)].find((one) => one.checkVisibility());
  const told = (one) => one.outerHTML.slice(0, 160), field = shown("[aria-invalid]"), said = shown("[role=alert]");
  if (field) return field === document.activeElement ? [] : [`wrong, but without the focus: ${told(field)}`];
  return said && said !== document.activeElement && said.getBoundingClientRect().bottom > innerHeight
    ? [`said out of sight: ${told(said)}`] : [];
}"""
POST = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  for (const [name, value] of fields) {
    form.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


@dataclass
class PageJudge:
    """Somebody who looks at pages: what is wrong with them, the texts that were there, and the addresses.

    `reached`: in what the controls stood that the keyboard reached. The gate goes over a page by keyboard where it has
    one that stands in something else; the long run goes over all.
    """

    page: Page
    wrong: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.add_init_script(AXE)
        self.page.on("pageerror", lambda error: self.wrong.append(f"a script broke after {self.names[-1:]}: {error}"))

    @property
    def found(self) -> tuple[list[str], list[str], set[str], list[str], set[str]]:
        """What another judge goes on with."""
        return self.wrong, self.seen, self.paths, self.names, self.reached

    def look(self, name: str) -> None:
        """Judge the page as it is; once more where it renewed itself meanwhile, as it does when a file changes."""
        self.names.append(name)
        for last in (False, False, True):
            try:
                self.wrong += [f"{name}: {text}" for text in self.faults(name)]
                return
            except PageError as error:
                if last or RENEWED not in str(error):
                    raise
                self.page.wait_for_load_state()

    def faults(self, name: str) -> list[str]:
        """What is wrong with the page."""
        page, found = self.page, []
        self.paths.add(re.sub(r"^https?://[^/]+|[?#].*$", "", page.url))
        self.seen.append(unescape(page.content()))
        found += self.unseen_refusals()
        for scheme, width, faults in four_ways(page):
            found += faults
            if page.evaluate(EMPTY_BELOW) > 1:
                found.append(f"{width}: goes on below its end")
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{len(self.names):03}-{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": WIDE, "height": 900})
        found += [f"said outside the details: {one}" for one in TECHNICAL.findall(page.evaluate(SEEN))]
        return [*found, *self.by_keyboard()]

    def unseen_refusals(self) -> list[str]:
        """What a page says is wrong, where nobody sees it: the first field that is wrong has the focus, which scrolls
        there; what is no field's stands on the first screen, also of a narrow page.
        """
        found: list[str] = self.page.evaluate(OUT_OF_SIGHT)
        self.page.set_viewport_size({"width": NARROW, "height": 900})
        found += self.page.evaluate(OUT_OF_SIGHT)
        self.page.set_viewport_size({"width": WIDE, "height": 900})
        return found

    def by_keyboard(self) -> list[str]:
        """What the key Tab does not reach, or reaches without a sign."""
        presses, around = self.page.evaluate(WATCH_KEYS) + 1, set(self.page.evaluate(SURROUNDINGS))
        if RUN.gate and around <= self.reached:
            return []
        for _turn in range(presses):
            self.page.keyboard.press("Tab")
        found: list[str] = self.page.evaluate(UNREACHED)
        if not found:
            self.reached |= around
        return found

    def goes(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address, wait_until="load")

    def sends(self, path: str, fields: Mapping[str, str | list[str]] | None = None) -> None:
        """Send a form to the pages that are open, with fields by name."""
        given = [
            [name, one]
            for name, value in (fields or {}).items()
            for one in ([value] if isinstance(value, str) else value)
        ]
        with self.page.expect_navigation(wait_until="load"):
            self.page.evaluate(POST, [path, given])
