"""Buttons that are pressed twice: a double click, or the key Enter held down, begins nothing twice, and what the first
press came to is the answer to both.
"""

import time
from dataclasses import dataclass, field
from threading import Condition

from flask import g, request
from werkzeug.wrappers import Response

AGAIN = 2.0  # seconds after an answer in which the same press is one more of it
PATIENCE = 10.0  # seconds that a refusal waits for what an earlier press comes to

Press = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class ButtonPresses:
    """What somebody pressed: the address of a form and what it holds. `open`: not answered yet, by their numbers;
    `begun`: what began the work that runs, or the last; `led`: the last press that led to another page, when it was
    answered (seconds of this process), and that page.
    """

    open: dict[int, Press] = field(default_factory=dict)
    begun: Press | None = None
    led: tuple[Press | None, float, str] = (None, 0.0, "")
    count: int = 0
    one_at_a_time: Condition = field(default_factory=Condition)

    def enter(self) -> None:
        """Somebody pressed a button: this request."""
        press: Press = (request.path, tuple(request.form.items(multi=True)))
        with self.one_at_a_time:
            self.count += 1
            self.open[self.count] = press
            g.press, g.pressed, g.number = press, time.monotonic(), self.count
            if press != self.led[0] and not wants_json():
                self.led = (None, 0.0, "")

    def again(self) -> bool:
        """Whether this press is one more of another."""
        return "press" in g and (g.press == self.begun or list(self.open.values()).count(g.press) > 1)

    def earlier(self) -> bool:
        """Whether the same was pressed before, and is not answered yet."""
        return any(number < g.number and one == g.press for number, one in self.open.items())

    def answer(self, response: Response) -> str:
        """The page to which the same press led just before, where this one was refused for that; "" else."""
        if "press" not in g or wants_json() or request.files:
            return ""
        with self.one_at_a_time:
            if response.location:
                self.led = (g.press, time.monotonic(), response.location)
                self.begun = g.press if response.location == "/work/" else self.begun
            elif response.status_code >= 400:
                self.one_at_a_time.wait_for(lambda: not self.earlier(), PATIENCE)
                press, when, where = self.led
                return where if press == g.press and g.pressed - when < AGAIN else ""
        return ""

    def leave(self) -> None:
        """This press has its answer."""
        if "press" in g:
            with self.one_at_a_time:
                self.open.pop(g.number, None)
                self.one_at_a_time.notify_all()


def wants_json() -> bool:
    """Whether a script asks."""
    return "application/json" in request.headers.get("Accept", "")
