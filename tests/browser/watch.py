"""Looking at a page as a machine can: requests that failed, script errors, axe, overflow."""

from __future__ import annotations

from importlib import resources
from typing import Any

from playwright.sync_api import Page

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
# Only what is wrong is worked out in full: that takes a quarter less.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


class Watched:
    """Collects what goes wrong on a page while a test drives it. Answers of 400 and more count unless the test expects them."""

    def __init__(self, page: Page) -> None:
        self.troubles: list[str] = []
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("pageerror", lambda error: self.troubles.append(f"script error on {page.url}: {error}"))
        page.on("console", lambda message: self._said(page, message))

    def _failed(self, request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # the page was left, or the answer was a download
            self.troubles.append(f"request failed: {request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.request.resource_type != "document" and response.status != 422:
            self.troubles.append(f"{response.status}: {response.url}")

    def _said(self, page: Page, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(f"console on {page.url}: {message.text}")


# Contrast takes two thirds of axe's time. Where the same page is looked at again (at another width, after a script changed it), only
# what has another colour or size than before is asked about its contrast, or was not to be seen, with all that is in it.
LOOK = """async rules => {
    const LOOKS = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontSize', 'fontWeight'];
    const colours = e => {
        const style = getComputedStyle(e);
        return e.checkVisibility() ? LOOKS.map(name => style[name]).join() : '';
    };
    const seen = window.lookedAt ?? new Map(), now = new Map();
    for (const e of document.body.querySelectorAll('*')) now.set(e, colours(e));
    const changed = [...now.keys()].filter(e => now.get(e) && now.get(e) !== seen.get(e));
    window.lookedAt = now;
    if (!seen.size) return (await axe.run(document, rules)).violations;
    const {violations} = await axe.run(document, {...rules, rules: {'color-contrast': {enabled: false}}});
    if (!changed.length) return violations;
    const contrast = {...rules, runOnly: {type: 'rule', values: ['color-contrast']}};
    return violations.concat((await axe.run({include: changed}, contrast)).violations);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now, one line a rule and element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    return [
        f"{page.url} {page.viewport_size['width']}px {rule['id']}: {node['html'][:160]}"
        for rule in page.evaluate(LOOK, RULES)
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    return page.evaluate(
        """() => {
            const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
            if (wide <= 0) return [];
            const edge = document.documentElement.clientWidth;
            const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > edge + 1);
            return [`${location.pathname} at ${edge}px is ${wide}px too wide: ` +
                    out.slice(-3).map(e => e.outerHTML.slice(0, 120)).join(' | ')];
        }"""
    )
