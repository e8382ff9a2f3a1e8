/* The link indicator: polls its own fragment while the page is seen, shows the details on hover, focus and press,
   and says a change once (IND-3, IND-4, STA-9). Without this script the pill, the link and the forms still work. */
(() => {
  "use strict";

  const OPEN_AFTER_MS = 150;
  const CLOSE_AFTER_MS = 300;
  const LOST_AFTER = 3; // failed polls in a row before the page admits that it knows nothing
  const BADGE_EVERY_MS = 15000;

  const memories = new WeakMap(); // wrapper -> what must outlive a swap of its body

  const memoryOf = (wrapper) => {
    if (!memories.has(wrapper)) {
      memories.set(wrapper, { open: false, pinned: false, focus: null, timer: 0, hover: 0, failures: 0 });
    }
    return memories.get(wrapper);
  };
  const bodyOf = (wrapper) => wrapper.querySelector("[data-link-body]");

  /* --- the panel ------------------------------------------------------------------------------------------- */

  function show(wrapper, open, pinned = false) {
    const memory = memoryOf(wrapper);
    memory.open = open;
    if (!open) memory.byFocus = false;
    memory.pinned = open && pinned;
    clearTimeout(memory.hover);
    const panel = wrapper.querySelector("[data-link-panel]");
    const button = wrapper.querySelector("[data-link-toggle]");
    if (!panel || !button) return;
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) refreshAges(panel);
  }

  function soon(wrapper, open) {
    const memory = memoryOf(wrapper);
    clearTimeout(memory.hover);
    if (memory.pinned || memory.open === open) return;
    memory.hover = setTimeout(() => show(wrapper, open), open ? OPEN_AFTER_MS : CLOSE_AFTER_MS);
  }

  function wire(wrapper) {
    wrapper.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && soon(wrapper, true));
    wrapper.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "mouse" || memoryOf(wrapper).byFocus) return;
      if (!wrapper.querySelector("[data-link-panel]").contains(document.activeElement)) soon(wrapper, false);
    });
    wrapper.addEventListener("focusin", (event) => {
      // Only for the keyboard: a press decides for itself, below.
      if (!event.target.matches(":focus-visible")) return;
      memoryOf(wrapper).byFocus = true;
      soon(wrapper, true);
    });
    wrapper.addEventListener("focusout", (event) => {
      const memory = memoryOf(wrapper);
      if (memory.swapping || wrapper.contains(event.relatedTarget)) return;
      if (!wrapper.matches(":hover")) show(wrapper, false);
    });
    wrapper.addEventListener("click", (event) => {
      if (!event.target.closest("[data-link-toggle]")) return;
      const memory = memoryOf(wrapper);
      show(wrapper, !memory.pinned, true);
    });
    quiet(wrapper);
    schedule(wrapper, 0);
  }

  /* A poll that fails is not worth a message each time; the pill says it once, below. */
  function quiet(element) {
    for (const name of ["htmx:sendError", "htmx:responseError"]) {
      element.addEventListener(name, (event) => (element.hasAttribute("data-sync-badge") || isPoll(event)) && event.stopPropagation());
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const wrapper of document.querySelectorAll("[data-link-indicator]")) {
      const memory = memoryOf(wrapper);
      clearTimeout(memory.hover);
      if (!memory.open) continue;
      const inside = wrapper.querySelector("[data-link-panel]").contains(document.activeElement);
      if (inside) wrapper.querySelector("[data-link-toggle]").focus();
      show(wrapper, false);
      event.stopPropagation();
    }
  }, true);

  document.addEventListener("pointerdown", (event) => {
    for (const wrapper of document.querySelectorAll("[data-link-indicator]")) {
      if (memoryOf(wrapper).open && !wrapper.contains(event.target)) show(wrapper, false);
    }
  });

  /* --- polling --------------------------------------------------------------------------------------------- */

  function schedule(wrapper, delay) {
    const memory = memoryOf(wrapper);
    clearTimeout(memory.timer);
    const body = bodyOf(wrapper);
    if (!body || document.hidden || !body.dataset.poll) return;
    const seconds = Number(body.dataset.poll) * (memory.failures ? 2 : 1);
    memory.timer = setTimeout(() => poll(wrapper), delay ?? seconds * 1000);
  }

  function poll(wrapper) {
    if (!wrapper.isConnected || document.hidden) return;
    // Asked before htmx has taken up the page, nothing is sent and nothing would ever ask again: so this comes first,
    // and a request that does go out takes it back (htmx:beforeRequest).
    schedule(wrapper);
    window.htmx.trigger(bodyOf(wrapper), "link-poll");
  }

  const wrapperOf = (event) => event.target instanceof Element && event.target.closest("[data-link-indicator]");
  const isPoll = (event) => event.detail.elt instanceof Element && event.detail.elt.hasAttribute("data-link-body");

  document.addEventListener("htmx:configRequest", (event) => {
    const wrapper = wrapperOf(event);
    // After a loss the server must answer in full even if nothing changed, so that the page becomes true again.
    if (!wrapper || !isPoll(event)) return;
    if (memoryOf(wrapper).failures >= LOST_AFTER) event.detail.parameters.rev = "";
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const wrapper = wrapperOf(event);
    if (wrapper && isPoll(event)) clearTimeout(memoryOf(wrapper).timer);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const wrapper = wrapperOf(event);
    if (!wrapper || !event.detail.shouldSwap) return;
    const memory = memoryOf(wrapper);
    const before = bodyOf(wrapper);
    memory.swapping = true;
    memory.before = { colour: before.dataset.colour, number: before.dataset.number, agreed: before.dataset.agreed };
    const focused = wrapper.contains(document.activeElement) ? document.activeElement : null;
    memory.focus = focused ? focused.dataset.focus || "toggle" : null;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const wrapper = event.detail.elt instanceof Element && event.detail.elt.closest("[data-link-indicator]");
    if (!wrapper || !memoryOf(wrapper).swapping) return;
    const memory = memoryOf(wrapper);
    const body = bodyOf(wrapper);
    memory.swapping = false;
    memory.failures = 0;
    if (memory.open) show(wrapper, true, memory.pinned);
    if (memory.focus) {
      const again = [...body.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === memory.focus);
      (again || body.querySelector("[data-link-toggle]")).focus({ preventScroll: true });
    }
    if (memory.before.colour !== body.dataset.colour) {
      wrapper.querySelector("[data-link-announce]").textContent = body.dataset.say;
    }
    const told = memory.before.colour !== body.dataset.colour || memory.before.number !== body.dataset.number;
    const renewed = memory.before.agreed !== body.dataset.agreed;
    if (renewed && !told) {
      // Nothing about the link changed, so it was the record: its page is brought up to date, and says so (UI-12).
      const text = wrapper.dataset.renewedText;
      document.dispatchEvent(new CustomEvent("toasts", { detail: [{ level: "info", text }] }));
    }
    if (told || renewed) {
      const detail = { colour: body.dataset.colour, number: body.dataset.number, id: body.dataset.object };
      wrapper.dispatchEvent(new CustomEvent("link-changed", { bubbles: true, detail }));
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const wrapper = wrapperOf(event);
    if (!wrapper) return;
    const memory = memoryOf(wrapper);
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful) {
      if (status === 204 && memory.failures < LOST_AFTER) memory.failures = 0;
      schedule(wrapper);
      return;
    }
    memory.failures += 1;
    if (status === 401 || status === 404) memory.failures = LOST_AFTER; // these do not pass by themselves
    if (memory.failures >= LOST_AFTER) lose(wrapper, status);
    if (status !== 401 && status !== 404) schedule(wrapper);
  });

  /* The page's own server does not answer: whatever colour stands here is no longer known to be true. */
  function lose(wrapper, status) {
    const body = bodyOf(wrapper);
    if (body.dataset.colour === "lost") return;
    const word = wrapper.dataset.lostWord;
    const reasons = { 401: wrapper.dataset.lostSignin, 404: wrapper.dataset.lostGone };
    const why = reasons[status] || wrapper.dataset.lostText;
    body.dataset.colour = "lost";
    body.className = "link-body sync-yellow";
    for (const one of body.querySelectorAll("[data-link-word]")) one.textContent = word;
    for (const one of body.querySelectorAll("[data-link-detail]")) one.textContent = why;
    for (const one of body.querySelectorAll("a.link-pill")) one.removeAttribute("href");
    wrapper.querySelector("[data-link-announce]").textContent = `${word}. ${why}`;
  }

  document.addEventListener("visibilitychange", () => {
    for (const wrapper of document.querySelectorAll("[data-link-indicator]")) {
      if (document.hidden) clearTimeout(memoryOf(wrapper).timer);
      else schedule(wrapper, 0);
    }
    if (!document.hidden) pollBadge();
  });

  /* --- ages: '4 seconds ago' stays true while the page is open ------------------------------------------------ */

  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  function refreshAges(root) {
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });
    for (const one of root.querySelectorAll("time[data-age]")) {
      const seconds = Math.round((Date.parse(one.dateTime) - Date.now()) / 1000);
      if (Math.abs(seconds) >= 2 * 86400) continue; // the server wrote a date, and a date stays true
      const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) || UNITS[3];
      one.textContent = Math.abs(seconds) < 2 ? one.dataset.age : words.format(Math.trunc(seconds / size), unit);
    }
  }

  /* --- the count in the header ------------------------------------------------------------------------------ */

  let badgeTimer = 0;

  function pollBadge() {
    clearTimeout(badgeTimer);
    const badge = document.querySelector("[data-sync-badge]");
    if (!badge || document.hidden) return;
    window.htmx.ajax("GET", badge.dataset.syncBadge, { source: badge, target: badge, swap: "innerHTML" }).catch(() => undefined);
    badgeTimer = setTimeout(pollBadge, BADGE_EVERY_MS);
  }

  function start(root) {
    for (const wrapper of root.querySelectorAll("[data-link-indicator]")) {
      if (!memories.has(wrapper)) wire(wrapper);
    }
  }

  start(document);
  document.querySelectorAll("[data-sync-badge]").forEach(quiet);
  document.addEventListener("htmx:load", (event) => event.target instanceof Element && start(event.target.parentElement || document));
  setInterval(() => document.hidden || refreshAges(document), 5000);
  badgeTimer = setTimeout(pollBadge, BADGE_EVERY_MS);
})();
