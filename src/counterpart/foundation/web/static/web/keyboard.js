// Shortcuts (11.3). An element says its own keys with data-keys="c c" and what they do with data-keys-label; rows of a
// list and tabs of a record have theirs by what they are. All of them are listed under "?".
// Nothing is reachable by shortcut only; single keys are dead while typing and can be switched off in the profile.
(function () {
  "use strict";
  var SEQUENCE_MS = 1200;
  var TABS_MAX = 9;
  var enabled = document.body.dataset.shortcuts !== "off";
  var pending = "";
  var timer = 0;

  function typing(element) {
    return element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT"
      || (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type));
  }
  function tabs() { return Array.from(document.querySelectorAll("main .nav-tabs > a")).slice(0, TABS_MAX); }
  function rows() { return Array.from(document.querySelectorAll("[data-list] [data-row]")).filter(function (row) { return row.offsetParent; }); }
  function link(row) { return row.querySelector("[data-row-open]") || row.querySelector("th a[href], td:not(.tick) a[href]"); }
  function here(all) {
    var row = document.activeElement && document.activeElement.closest("[data-row]");
    return row ? all.indexOf(row) : all.findIndex(function (one) { return one.classList.contains("row-here"); });
  }
  function move(step) {
    var all = rows();
    var at = here(all);
    var next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach(function (row) { row.classList.toggle("row-here", row === next); });
    if (next && link(next)) link(next).focus();
  }
  function tick(ranging) {
    var row = rows()[here(rows())];
    var box = row && row.querySelector("input[type=checkbox]");
    if (box) box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: ranging }));
  }
  function open() {
    var row = rows()[here(rows())];
    if (row && link(row)) link(row).click();
  }
  var OF_ROWS = [
    ["j", "Next row", function () { move(1); }], ["k", "Previous row", function () { move(-1); }],
    ["x", "Select the row, or not", function () { tick(false); }],
    ["Shift+X", "Select all rows from the last selected one", function () { tick(true); }],
    ["Enter", "Open the row", null],
  ];

  // What the page knows: keys → [what they do, how].
  function known() {
    var found = {};
    function add(keys, label, act) { if (!(keys in found)) found[keys] = { label: label, act: act }; }
    document.querySelectorAll("[data-keys]").forEach(function (element) {
      add(element.dataset.keys, element.dataset.keysLabel || element.textContent.trim(), function () { use(element); });
    });
    tabs().forEach(function (tab, number) {
      add("g " + (number + 1), "Show " + tab.textContent.trim(), function () { tab.click(); });
    });
    if (rows().length) OF_ROWS.forEach(function (one) { add(one[0], one[1], one[2]); });
    return found;
  }
  tabs().forEach(function (tab, number) { if (!tab.title) tab.title = tab.textContent.trim() + " (g " + (number + 1) + ")"; });

  function use(element) {
    var menu = element.closest("details.menu");
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && element.type !== "checkbox") {
      if (element.offsetParent) { element.focus(); if (element.select) element.select(); return; }
      var folded = document.querySelector(".menu-main");
      var other = folded && folded.querySelector("input[type=search]");
      if (other) { folded.open = true; other.focus(); }
      return;
    }
    element.click();
    if (menu) menu.open = false;
    if (element.tagName !== "SUMMARY" || !element.parentNode.open) return;
    var opened = document.getElementById(element.getAttribute("aria-controls")) || element.parentNode;
    var box = opened.querySelector("input:not([type=hidden]), select");
    if (box) box.focus();
  }

  function made(name, text, more) {
    var element = document.createElement(name);
    if (text) element.textContent = text;
    return Object.assign(element, more || {});
  }
  function list() {
    var dialog = document.getElementById("shortcuts");
    if (!dialog || dialog.open) return;
    var shown = known();
    var lines = Object.keys(shown).map(function (keys) { return [keys, shown[keys].label]; });
    lines.push(["Ctrl K", "Commands: this page, create, go to, search"], ["Ctrl Enter", "Save the form"],
      ["Ctrl Shift Enter", "Save and create another"], ["Esc", "Close the menu or dialog"]);
    var close = made("button", "Close", { type: "button", className: "btn" });
    close.dataset.close = "";
    var head = made("div", "", { className: "dialog-head" });
    head.append(made("h2", "Keyboard shortcuts on this page", { id: "shortcuts-title", className: "h2 mb-0" }), close);
    var table = made("dl", "", { className: "shortcut-list" });
    lines.forEach(function (row) {
      var line = made("div");
      var keys = made("dt");
      row[0].split(" ").forEach(function (key) { keys.append(made("kbd", key), " "); });
      line.append(keys, made("dd", row[1]));
      table.append(line);
    });
    var body = made("div", "", { className: "dialog-body" });
    if (!enabled) body.append(made("p", "Shortcuts of single keys are switched off in your profile.", { className: "text-secondary" }));
    body.append(table);
    dialog.replaceChildren(head, body);
    dialog.showModal();
    close.focus();
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-shortcut-list]")) list();
  });
  function save(event) {
    var form = event.target.closest ? event.target.closest("form") : null;
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
    var another = event.shiftKey && form.querySelector("[data-save-another]");
    var button = another || form.querySelector("button[type=submit].btn-primary, button.btn-primary:not([type=button])");
    if (button) button.click(); else form.requestSubmit();
    event.preventDefault();
    return true;
  }
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing || save(event)) return;
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      // Enter on the row one has come to with j and k; whatever has the focus itself is left alone.
      if (document.activeElement === document.body && rows().length) open();
      return;
    }
    if (typing(event.target) || document.querySelector("dialog[open]") || event.key.length !== 1) { pending = ""; return; }
    if (event.key === "?") { list(); event.preventDefault(); return; }
    var found = known();
    var key = event.shiftKey && /[A-Z]/.test(event.key) ? "Shift+" + event.key : event.key;
    var keys = pending ? pending + " " + key : key;
    window.clearTimeout(timer);
    pending = "";
    if (found[keys] && found[keys].act) {
      event.preventDefault();
      found[keys].act();
    } else if (Object.keys(found).some(function (one) { return one.indexOf(keys + " ") === 0; })) {
      pending = keys;
      timer = window.setTimeout(function () { pending = ""; }, SEQUENCE_MS);
    }
  });
})();
