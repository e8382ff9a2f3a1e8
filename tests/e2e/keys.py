"""Somebody who has a keyboard and nothing else: walks to what is wanted, sees at every stop where he is."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

STOPS_MAX = 120
"""More stops than this to anywhere, and nobody would get there."""

TELL = """async wanted => {
  const find = () => {
    const here = document.activeElement;
    if (!here || here === document.body) return 'nothing';
    const name = (here.getAttribute('aria-label') || here.textContent || here.name || '').trim().slice(0, 60);
    const called = here.tagName.toLowerCase() + (here.id ? '#' + here.id : '') + ' “' + name + '”';
    const style = getComputedStyle(here);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    if (!outlined && style.boxShadow === 'none') return called + ' does not show that it has the focus';
    const box = here.getBoundingClientRect(), inset = 2;
    if (box.width < 1 || box.height < 1) return called + ' has no size';
    const xs = [box.left + inset, (box.left + box.right) / 2, box.right - inset];
    const ys = [box.top + inset, (box.top + box.bottom) / 2, box.bottom - inset];
    const mine = top => top && (here.contains(top) || top.contains(here)
      || [...(here.labels || [])].some(label => label.contains(top)));
    const seen = xs.some(x => ys.some(y => mine(document.elementFromPoint(x, y))));
    return seen ? '' : called + ' is hidden behind something or outside the window';
  };
  for (let frame = 0; frame < 60 && find(); frame++) await new Promise(requestAnimationFrame);
  const problem = find();
  return [problem === 'nothing' ? '' : problem, document.activeElement === wanted];
}"""
"""What is wrong with where the focus is, if it still is after a second, and whether it is where it was wanted."""


class Keys:
    """The keyboard on a page. No method uses the mouse, or puts the focus anywhere by itself."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def reach(self, target: Locator, key: str = "Tab") -> None:
        """Tab (or another key) until the target has the focus; each stop on the way can be seen (2.4.7, 2.4.11)."""
        for _ in range(STOPS_MAX):
            self.page.keyboard.press(key)
            problem, is_there = target.first.evaluate(TELL)
            assert not problem, problem
            if is_there:
                return
        raise AssertionError(f"not reached by {key}: {target}")

    def go(self, target: Locator, key: str = "Enter") -> None:
        """Reach it and use it."""
        self.reach(target)
        self.press(key)

    def into_main(self) -> None:
        """Past the header, by the first link of every page, once that is there."""
        self.page.wait_for_load_state()
        self.go(self.page.get_by_role("link", name="Skip to the content"))
