// Menus, dialogs and messages. Everything here has a plain HTML way beside it: menus are <details>,
// dialogs are pages, messages are in the page already.
(function () {
  "use strict";
  var TOAST_MS = 8000;

  // Menus: one open at a time; Esc, an outside click and arrow keys behave as in a menu.
  function openMenus() { return document.querySelectorAll("details.menu[open]"); }
  function items(menu) { return Array.from(menu.querySelectorAll("a, button, input:not([type=hidden])")).filter(function (e) { return e.offsetParent; }); }
  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      var inside = menu.contains(event.target);
      if (!inside || event.target.closest("a.dropdown-item, button.dropdown-item")) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    var menu = event.target.closest ? event.target.closest("details.menu") : null;
    if (event.key === "Escape" && openMenus().length && !document.querySelector("dialog[open]")) {
      openMenus().forEach(function (open) {
        open.open = false;
        if (open.contains(document.activeElement)) open.querySelector("summary").focus();
      });
      event.preventDefault();
    } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.type !== "search") {
      if (!menu.open) menu.open = true;
      var list = items(menu).filter(function (e) { return e.tagName !== "SUMMARY"; });
      var at = list.indexOf(document.activeElement);
      var next = event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1; // up from the button: the last one
      if (list.length) list[(next + list.length) % list.length].focus();
      event.preventDefault();
    }
  });

  // Dialog: a link with data-dialog loads its page's content over the present page.
  var dialog = document.getElementById("dialog");
  var opener = null;
  var asIs = "";
  function formState() {
    var form = dialog.querySelector("form[method=post]");
    return form ? new URLSearchParams(new FormData(form)).toString() : "";
  }
  function mayClose() { return formState() === asIs || window.confirm((dialog.querySelector("form[data-discard]") || { dataset: {} }).dataset.discard || "Close without saving what you typed?"); }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-dialog]");
    if (link && window.htmx && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      opener = link.closest("details.menu") ? link.closest("details.menu").querySelector("summary") : link;
      window.htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
    }
    var close = event.target.closest("[data-close]");
    if (close && close.closest("dialog")) {
      if (close.closest("dialog") !== dialog || mayClose()) close.closest("dialog").close();
      event.preventDefault();
    }
  });
  if (dialog) {
    dialog.addEventListener("cancel", function (event) { if (!mayClose()) event.preventDefault(); });
    dialog.addEventListener("close", function () {
      dialog.replaceChildren();
      if (opener && document.contains(opener)) opener.focus();
    });
  }
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target !== dialog) return;
    if (!dialog.open) {
      dialog.showModal();
      asIs = formState();
    } else if (!dialog.querySelector("[data-errors]")) asIs = formState(); // a fresh form, after *save and create another*
    var first = dialog.querySelector("[autofocus], [data-errors], .dialog-body input:not([type=hidden]), .dialog-body select");
    if (first) first.focus();
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    var errors = event.target.querySelector && event.target.querySelector("[data-errors]");
    if (errors) (toMend(event.target) || errors).focus(); // after htmx has obeyed the list's autofocus
  });
  // A refused form is taken up at its first wrong field (WIN-8); the list above it is read out as an alert.
  function toMend(root) {
    return root.querySelector("[data-errors]") && root.querySelector("[aria-invalid='true']:not([type=hidden])");
  }
  if (toMend(document)) toMend(document).focus();

  // Messages: success leaves by itself (it stays under the bell), errors stay until closed.
  var region = document.getElementById("toast-status");
  function settle(message) {
    var level = message.dataset.toast;
    if (level !== "error" && level !== "warning") window.setTimeout(function () { leave(message); }, TOAST_MS);
  }
  function leave(message) {
    if (message.matches(":hover, :focus-within")) window.setTimeout(function () { leave(message); }, TOAST_MS);
    else message.remove();
  }
  function show(level, text) {
    var message = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    message.dataset.toast = level;
    message.classList.add("message-" + level);
    message.querySelector(".message-text").textContent = text;
    place().append(message);
    settle(message);
  }
  // An open dialog makes everything outside it unreachable: messages go inside, and out again when it closes.
  function place() {
    var open = document.querySelector("dialog[open]");
    if (!open) return region;
    var inside = open.querySelector(":scope > .toasts [role=status]");
    if (inside) return inside;
    var box = document.createElement("div");
    box.className = "toasts";
    inside = document.createElement("div");
    inside.setAttribute("role", "status");
    box.append(inside);
    open.append(box);
    open.addEventListener("close", function () { region.append.apply(region, inside.children); box.remove(); }, { once: true });
    return inside;
  }
  document.querySelectorAll("[data-toast]").forEach(settle);
  // What has the focus is not hidden (WCAG 2.4.11): messages that lie over it step to the other end of the window.
  document.addEventListener("focusin", function (event) {
    window.requestAnimationFrame(function () { // by then it is scrolled into view
      var at = event.target.getBoundingClientRect();
      document.querySelectorAll(".toasts").forEach(function (box) {
        var its = box.getBoundingClientRect();
        var over = its.height && its.left < at.right && its.right > at.left && its.top < at.bottom && its.bottom > at.top;
        if (over && !box.contains(event.target)) box.classList.toggle("toasts-above", at.top + at.bottom > window.innerHeight);
      });
    });
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-dismiss]");
    if (button) button.closest("[data-toast]").remove();
  });
  document.addEventListener("toasts", function (event) {
    var found = event.detail.value || event.detail;
    (Array.isArray(found) ? found : []).forEach(function (m) { show(m.level, m.text); });
  });
  // What polls by itself says its own failures; a message for each try would be noise.
  function polls(event) { return event.target.closest && event.target.closest("[data-link-indicator], [data-sync-badge]"); }
  document.addEventListener("htmx:responseError", function (event) {
    if (polls(event)) return;
    var status = event.detail.xhr.status;
    if (status === 401 || status === 403) show("error", "That was not allowed, or you are no longer signed in. Reload the page.");
    else show("error", "That did not work. Try again; if it stays, tell your administrator.");
  });
  document.addEventListener("htmx:sendError", function (event) {
    if (polls(event)) return;
    show("error", "The server can not be reached. Check your connection and try again.");
  });

  // A row of tabs that does not fit begins where the present one is seen.
  document.querySelectorAll(".nav-tabs > [aria-current]").forEach(function (tab) {
    var row = tab.parentNode;
    var at = tab.getBoundingClientRect().left - row.getBoundingClientRect().left;
    row.scrollLeft += at - (row.clientWidth - tab.offsetWidth) / 2;
  });

  // Copy buttons: <button data-copy="#id">.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    var source = document.querySelector(button.dataset.copy);
    navigator.clipboard.writeText(source.value || source.textContent.trim()).then(function () { show("success", "Copied."); });
  });
  window.counterpart = { toast: show };
})();
