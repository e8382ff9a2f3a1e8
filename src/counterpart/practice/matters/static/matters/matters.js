// The comforts of the matter pages; all of it works without: the grid of parties answers in place, contacts are
// picked with the arrow keys, long lists of types are narrowed by typing.
(() => {
  "use strict";
  const closest = (node, what) => (node instanceof Element ? node.closest(what) : null);

  /* --- the grid of parties: every button sends the form and gets the grid back ------------------------------------- */

  document.addEventListener("click", (event) => {
    const button = closest(event.target, "[data-grid] button[name=act]");
    if (!button || !window.htmx) return;
    event.preventDefault();
    const grid = button.closest("[data-grid]");
    const values = Object.fromEntries(new FormData(button.form));
    const parties = [...grid.querySelectorAll("[name=party]")].map((one) => one.value);
    const access = [...button.form.querySelectorAll("[name=access]:checked")].map((one) => one.value);
    window.htmx.ajax("POST", grid.dataset.grid, {
      source: grid, target: `#${grid.id}`, swap: "outerHTML",
      values: { ...values, party: parties, access, act: button.value },
    }).then(goOn);
  });

  /* The work goes on where it was: in the form for a new contact, or in the box of the role that was changed. */
  function goOn() {
    const grid = document.querySelector("[data-grid]");
    const next = grid?.querySelector(".new-contact [aria-invalid=true]")
      || [...(grid?.querySelectorAll(".new-contact .form-control") || [])].find((one) => one.offsetParent)
      || grid?.querySelector("[data-find][autofocus]");
    if (next) next.focus();
  }

  /* --- a finder's box and what it found: arrows move, Enter picks, Esc goes back ------------------------------------ */

  const picksOf = (node) => [...(closest(node, ".finder")?.querySelectorAll(".pick:not(:disabled)") || [])];
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const box = closest(event.target, "[data-find]");
    const pick = closest(event.target, ".pick");
    if (box && event.key === "Enter") {
      event.preventDefault();
      // Only from the list for what stands in the box: an older one would put somebody else on the matter.
      const list = box.closest(".finder").querySelector(".picks");
      if (list?.dataset.for === box.value.trim()) picksOf(box)[0]?.click();
    } else if (closest(event.target, ".new-contact input") && event.key === "Enter") {
      event.preventDefault();
      event.target.closest(".new-contact").querySelector("[data-make]").click();
    } else if ((box || pick) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const picks = picksOf(event.target);
      if (!picks.length) return;
      event.preventDefault();
      const at = picks.indexOf(pick) + (event.key === "ArrowDown" ? 1 : -1);
      const next = at < 0 ? event.target.closest(".finder").querySelector("[data-find]") : picks[Math.min(at, picks.length - 1)];
      next.focus();
    } else if (pick && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      pick.closest(".finder").querySelector("[data-find]").focus();
    }
  });

  /* --- a form that is taken up again gets its parties back ----------------------------------------------------------- */

  document.addEventListener("take-up", (event) => {
    const grid = event.target.querySelector("[data-grid]");
    if (!grid || !window.htmx) return;
    for (const [name, value] of event.detail) {
      if (name !== "party") continue;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      grid.append(field);
    }
    setTimeout(() => event.target.querySelector("[name=matter_type]")?.dispatchEvent(new Event("change", { bubbles: true })));
  });

  /* --- lists --------------------------------------------------------------------------------------------------------- */

  document.addEventListener("input", (event) => {
    const filter = closest(event.target, "[data-type-filter]");
    const list = filter && document.getElementById(filter.dataset.typeFilter);
    if (!list) return;
    const wanted = filter.value.trim().toLowerCase();
    const fitting = [...list.options].filter((one) => { one.hidden = !one.text.toLowerCase().includes(wanted); return !one.hidden; });
    if (fitting.length && !fitting.includes(list.selectedOptions[0])) {
      list.value = fitting[0].value;
      list.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
