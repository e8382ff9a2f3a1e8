// The comforts of long forms; all of it works without: more rows, folds that stay as they were left, a form
// that survives an expired sign-in, and a second press of Save that does nothing (WIN-3, WIN-8, WIN-10).
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  const KEEP = "counterpart-form-";
  const SKIP = new Set(["csrfmiddlewaretoken", "token", "base", "version"]);
  const formOf = (node) => node instanceof Element && node.closest("form[data-kept-form]");
  const keyOf = (form) => KEEP + form.dataset.keptForm;

  /* --- a half-filled form is kept in this tab until it is saved or given up -------------------------------------- */

  const typed = (form) => [...new FormData(form)].filter(([name, value]) => !SKIP.has(name) && typeof value === "string");
  function keep(form) {
    try { sessionStorage.setItem(keyOf(form), JSON.stringify(typed(form))); } catch { /* storage is a comfort only */ }
  }
  function forget(form) {
    try { sessionStorage.removeItem(keyOf(form)); } catch { /* as above */ }
  }
  function takeUp(form) {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(form)) || "[]");
    for (const name of ["phone_number", "further_email"]) {
      const wanted = kept.filter(([each]) => each === name).length;
      while (wanted && form.querySelectorAll(`[name=${name}]`).length < wanted) addRow(form.querySelector(`[name=${name}]`).closest("[data-rows]"));
    }
    form.dispatchEvent(new CustomEvent("take-up", { detail: kept }));
    const places = {};
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const [name, value] of kept) {
      const found = [...form.querySelectorAll(`[name="${name}"]`)];
      if (!found.length) continue;
      if (found[0].type === "radio") { for (const one of found) one.checked = one.value === value; }
      else if (found[0].type === "checkbox") found[0].checked = true;
      else {
        const place = places[name] || 0;
        places[name] = place + 1;
        if (found[place]) found[place].value = value;
      }
    }
    for (const fold of form.querySelectorAll("details.fold")) {
      if ([...fold.querySelectorAll("input:not([type=checkbox])")].some((one) => one.value)) fold.open = true;
    }
  }
  function offer(form) {
    const note = form.querySelector("[data-unfinished]");
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(keyOf(form))); } catch { /* nothing to offer */ }
    if (!note || !kept || form.querySelector("[data-errors]")) return;
    const now = JSON.stringify(typed(form));
    if (JSON.stringify(kept) !== now) note.hidden = false;
  }

  /* --- rows of numbers and of further e-mail addresses ------------------------------------------------------------- */

  const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
  const boxOf = (row) => row.querySelector("input");
  function number(list) {
    rowsOf(list).forEach((row, place) => {
      for (const one of row.querySelectorAll("[aria-label]")) one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+$/, place + 1));
    });
  }
  function empty(row) { // what was wrong with the value went with it
    boxOf(row).value = "";
    for (const one of row.querySelectorAll("[aria-invalid]")) {
      one.classList.remove("is-invalid");
      for (const name of ["id", "aria-invalid", "aria-describedby"]) one.removeAttribute(name);
    }
  }
  function addRow(list) {
    const rows = rowsOf(list);
    let row = rows[rows.length - 1];
    if (row.matches(".spare")) row.classList.remove("spare"); // it was there all the time, for pages without a script
    else {
      row = row.cloneNode(true);
      empty(row);
      rows[rows.length - 1].after(row);
    }
    number(list);
    return row;
  }
  function removeRow(row) {
    const list = row.closest("[data-rows]");
    const form = formOf(row);
    if (rowsOf(list).length > 1) row.remove();
    else { empty(row); if (boxOf(row).name === "further_email") row.classList.add("spare"); }
    number(list);
    (rowsOf(list).map(boxOf).find((box) => box.offsetParent) || list.querySelector("[data-add-row]")).focus();
    keep(form);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    const form = formOf(button);
    if (button.matches("[data-copy-link]")) {
      navigator.clipboard.writeText(location.href).then(() => window.counterpart.toast("success", "Link copied."));
    }
    if (!form) return;
    if (button.matches("[data-add-row]")) boxOf(addRow(button.closest("[data-rows]"))).focus();
    if (button.matches("[data-remove-row]")) removeRow(button.closest("[data-row]"));
    if (button.matches("[data-take-up]")) { takeUp(form); button.closest("[data-unfinished]").hidden = true; }
    if (button.matches("[data-forget]")) { forget(form); button.closest("[data-unfinished]").hidden = true; }
  });

  /* *Keep the sequence* is a question only while another number is typed. */
  function askSequence(form) {
    const reference = form.querySelector("#id_reference");
    const question = form.querySelector("[data-keep-sequence]");
    if (reference && question) question.hidden = !reference.value.trim() || reference.value === reference.defaultValue;
  }
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form && event.target.id === "id_reference") askSequence(form);
  });

  document.addEventListener("input", (event) => { const form = formOf(event.target); if (form) keep(form); });
  document.addEventListener("change", (event) => { const form = formOf(event.target); if (form) keep(form); });

  /* --- saving: once, and what was saved or given up is not offered again ------------------------------------------- */

  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    if (sent.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    sent.add(form);
    setTimeout(() => sent.delete(form), 8000); // a save that never answered may be tried again: its token is the same
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event.target);
    if (!form || event.target !== form || event.detail.requestConfig.verb !== "post") return;
    sent.delete(form);
    const where = event.detail.xhr.getResponseHeader("HX-Redirect") || "";
    const saved = event.detail.successful && !where.includes("/login");
    if (saved) forget(form);
  });
  // A plain post ends on another page. Only a page that is not the form, and not the sign-in, proves that it was saved.
  if (!document.querySelector("form[data-kept-form]") && document.querySelector("[data-toast=success]")) {
    try { for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEEP)) sessionStorage.removeItem(key); } catch { /* a comfort only */ }
  }
  document.getElementById("dialog")?.addEventListener("close", () => {
    try { for (const key of ["new", "new-matter"]) sessionStorage.removeItem(KEEP + key); } catch { /* a comfort only */ }
  });

  /* --- folds stay as this person left them -------------------------------------------------------------------------- */

  document.addEventListener("toggle", (event) => {
    const fold = event.target instanceof Element && event.target.closest("details[data-fold]");
    if (fold) try { localStorage.setItem(`counterpart-fold-${fold.dataset.fold}`, fold.open ? "1" : ""); } catch { /* a comfort only */ }
  }, true);
  function wake(root) {
    for (const fold of root.querySelectorAll("details[data-fold]:not([open])")) {
      try { if (localStorage.getItem(`counterpart-fold-${fold.dataset.fold}`) === "1") fold.open = true; } catch { /* as above */ }
    }
    for (const form of root.querySelectorAll("form[data-kept-form]")) {
      offer(form);
      askSequence(form);
      const wrong = form.querySelector("[aria-invalid=true]"); // the summary is announced, the first field is entered (WIN-8)
      if (wrong) { const fold = wrong.closest("details.fold"); if (fold) fold.open = true; wrong.focus(); }
    }
  }
  wake(document);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target instanceof Element) wake(event.target); });
})();
