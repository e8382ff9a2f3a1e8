// Shortcuts (11.3): an element says its own keys with data-keys="c c" and is listed under "?".
// Nothing is reachable by shortcut only; single keys are dead while typing and can be switched off in the profile.
(function () {
  "use strict";
  var SEQUENCE_MS = 1200;
  var enabled = document.body.dataset.shortcuts !== "off";
  var pending = "";
  var timer = 0;

  function typing(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }
  function known() {
    var found = {};
    document.querySelectorAll("[data-keys]").forEach(function (element) {
      if (!(element.dataset.keys in found)) found[element.dataset.keys] = element;
    });
    return found;
  }
  function use(element) {
    var menu = element.closest("details.menu");
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName)) {
      if (element.offsetParent) { element.focus(); if (element.select) element.select(); return; }
      var folded = document.querySelector(".menu-main");
      var other = folded && folded.querySelector("input[type=search]");
      if (other) { folded.open = true; other.focus(); }
      return;
    }
    element.click();
    if (menu) menu.open = false;
  }
  function list() {
    var dialog = document.getElementById("shortcuts");
    if (!dialog || dialog.open) return;
    var rows = Object.entries(known()).map(function (pair) {
      return [pair[0], pair[1].dataset.keysLabel || pair[1].textContent.trim()];
    });
    rows.push(["Ctrl Enter", "Save the form"], ["Esc", "Close the menu or dialog"]);
    var head = document.createElement("div");
    head.className = "dialog-head";
    var title = document.createElement("h2");
    title.id = "shortcuts-title";
    title.className = "h2 mb-0";
    title.textContent = "Keyboard shortcuts on this page";
    var close = document.createElement("button");
    close.type = "button";
    close.className = "btn";
    close.dataset.close = "";
    close.textContent = "Close";
    head.append(title, close);
    var table = document.createElement("dl");
    table.className = "shortcut-list";
    rows.forEach(function (row) {
      var line = document.createElement("div");
      var keys = document.createElement("dt");
      row[0].split(" ").forEach(function (key) {
        var cap = document.createElement("kbd");
        cap.textContent = key;
        keys.append(cap, " ");
      });
      var text = document.createElement("dd");
      text.textContent = row[1];
      line.append(keys, text);
      table.append(line);
    });
    var body = document.createElement("div");
    body.className = "dialog-body";
    body.append(table);
    if (!enabled) {
      var note = document.createElement("p");
      note.className = "text-secondary";
      note.textContent = "Single-key shortcuts are switched off in your profile.";
      body.prepend(note);
    }
    dialog.replaceChildren(head, body);
    dialog.showModal();
    close.focus();
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-shortcut-list]")) list();
  });
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing) return;
    var form = event.target.closest ? event.target.closest("form") : null;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
      var another = event.shiftKey && form.querySelector("[data-save-another]");
      var button = another || form.querySelector("button[type=submit].btn-primary, button.btn-primary:not([type=button])");
      if (button) button.click(); else form.requestSubmit();
      event.preventDefault();
      return;
    }
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      var search = known()["/"];
      if (search) { use(search); event.preventDefault(); }
      return;
    }
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]") || event.key.length !== 1) { pending = ""; return; }
    if (event.key === "?") { list(); event.preventDefault(); return; }
    var found = known();
    var keys = pending ? pending + " " + event.key : event.key;
    window.clearTimeout(timer);
    pending = "";
    if (found[keys]) {
      event.preventDefault();
      use(found[keys]);
    } else if (Object.keys(found).some(function (k) { return k.indexOf(keys + " ") === 0; })) {
      pending = keys;
      timer = window.setTimeout(function () { pending = ""; }, SEQUENCE_MS);
    }
  });
})();
