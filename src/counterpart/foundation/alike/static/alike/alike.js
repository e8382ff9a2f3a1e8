// Beside a contact form: matches stay hidden where they were hidden, and their details fill empty boxes (WIN-5 to WIN-7).
(() => {
  "use strict";
  const HIDDEN = "counterpart-alike-hidden";
  const isHidden = () => { try { return localStorage.getItem(HIDDEN) === "1"; } catch { return false; } };

  function wake(root) {
    for (const pane of root.querySelectorAll("details[data-alike]")) if (isHidden()) pane.open = false;
  }
  document.addEventListener("toggle", (event) => {
    const pane = event.target instanceof Element && event.target.closest("details[data-alike]");
    if (!pane) return;
    try { localStorage.setItem(HIDDEN, pane.open ? "" : "1"); } catch { /* a comfort only */ }
    if (pane.open && window.htmx) window.htmx.trigger(pane.querySelector(".alike-list"), "load");
  }, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const list = event.target instanceof Element && event.target.closest(".alike-list");
    if (list && !list.closest("details").open) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy-details], [data-alike-back]");
    if (!button) return;
    const form = button.closest("form");
    if (button.matches("[data-alike-back]")) {
      event.preventDefault();
      button.closest("[data-alike-confirm]").remove();
      const first = [...form.querySelectorAll("input[type=text]")].find((one) => one.offsetParent);
      if (first) first.focus();
      return;
    }
    const filled = fill(form, JSON.parse(button.dataset.copyDetails));
    const said = filled ? `${filled} empty field${filled === 1 ? "" : "s"} filled.` : "No empty field to fill.";
    window.counterpart.toast(filled ? "success" : "info", said);
  });
  function fill(form, details) {
    const touched = [];
    const { phone_label: label, phone_number: number, ...boxes } = details;
    for (const [name, value] of Object.entries(boxes)) {
      const box = form.querySelector(`[name="${name}"]`);
      if (!box || box.disabled || box.value || !value) continue;
      box.value = value;
      touched.push(box);
    }
    const rows = [...form.querySelectorAll("[name=phone_number]")];
    if (number && rows.length && rows.every((one) => !one.value)) {
      rows[0].value = number;
      const select = rows[0].closest("[data-row]")?.querySelector("select");
      if (select && label) select.value = label;
      touched.push(rows[0]);
    }
    for (const box of touched) { const fold = box.closest("details"); if (fold) fold.open = true; }
    if (touched.length) touched[0].dispatchEvent(new Event("input", { bubbles: true }));
    return touched.length;
  }
  wake(document);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target instanceof Element) wake(event.target); });
})();
