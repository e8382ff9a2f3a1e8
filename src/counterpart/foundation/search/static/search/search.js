// The search box of the header and the command palette: a text box with a list below it (combobox with listbox pop-up).
// Without script the box is an ordinary form that leads to the page of results.
(function () {
  "use strict";
  var DELAY_MS = 120;
  var TEXT_MIN = 2;

  /* A box and its list: arrows move, Enter opens, Ctrl+Enter opens beside, Esc closes. `ask(text)` promises the list's
     markup; `chosen(option, event)` may take a press over. */
  function combobox(box, list, said, ask, open, chosen) {
    var timer = 0;
    var at = -1;
    var asked = null;
    function options() { return Array.from(list.querySelectorAll("[role=option]")); }
    function isOpen() { return !list.hidden; }
    function show() { list.hidden = false; box.setAttribute("aria-expanded", "true"); }
    function hide() {
      window.clearTimeout(timer);
      asked = null;
      list.hidden = true;
      box.setAttribute("aria-expanded", "false");
      mark(-1);
    }
    function mark(index) {
      at = index;
      options().forEach(function (option, number) {
        option.id = option.id || list.id + "-" + number;
        option.setAttribute("aria-selected", number === index ? "true" : "false");
        if (number === index) { box.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
      });
      if (index < 0) box.removeAttribute("aria-activedescendant");
    }
    function put(content, first) {
      if (typeof content === "string") list.innerHTML = content; else list.replaceChildren(content);
      options().forEach(function (option, number) { option.id = list.id + "-" + number; });
      if (!options().length && !list.querySelector(".search-none") && !open.keepsOpen) { hide(); return; } // nothing to say
      show();
      mark(first ? 0 : -1);
      var words = list.querySelector("[data-said]");
      said.textContent = words ? words.dataset.said : options().length + " found.";
    }
    function look() {
      var text = box.value.trim();
      var mine = asked = {};
      Promise.resolve(ask(text)).then(function (content) {
        // Only the answer to what stands in the box now, and only while somebody is there.
        if (mine !== asked || content === null) return;
        if (open.keepsOpen || document.activeElement === box) put(content, open.marksFirst);
      }, function () { if (mine === asked) hide(); });
    }
    function soon() { window.clearTimeout(timer); timer = window.setTimeout(look, DELAY_MS); }
    box.addEventListener("input", soon);
    box.addEventListener("focus", function () { if (!isOpen()) look(); });
    box.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      var all = options();
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        event.stopPropagation();
        if (!isOpen()) { look(); return; }
        if (!all.length) return;
        var step = event.key === "ArrowDown" ? 1 : -1;
        var next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
        mark(next < 0 || next >= all.length ? (open.marksFirst ? (next + all.length) % all.length : -1) : next);
      } else if (event.key === "Enter" && isOpen() && all[at]) {
        event.preventDefault();
        event.stopPropagation();
        pick(all[at], event);
      } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.stopPropagation();
      } else if (event.key === "Escape" && isOpen()) {
        // Before the browser's own way, which is to empty the box first.
        event.preventDefault();
        event.stopPropagation();
        if (open.close) open.close(); else hide();
      } else if (event.key === "Tab") hide();
    });
    function pick(option, event) {
      var beside = event.ctrlKey || event.metaKey;
      if (chosen && chosen(option, beside)) return;
      if (beside && option.href) { window.open(option.href, "_blank", "noopener"); return; }
      hide();
      option.click();
    }
    // A press on the list must not take the focus from the box before it counts.
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (!option) return;
      if (event.isTrusted && chosen && chosen(option, event.ctrlKey || event.metaKey)) { event.preventDefault(); return; }
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) hide();
    });
    box.addEventListener("blur", function () { if (!open.keepsOpen) window.setTimeout(function () { if (document.activeElement !== box) hide(); }, 100); });
    return { look: look, hide: hide, put: put };
  }

  function asker(url) {
    var running = null;
    return function (text) {
      if (running) running.abort();
      running = new AbortController();
      return window.fetch(url + "?q=" + encodeURIComponent(text), { signal: running.signal, headers: { "X-Requested-With": "search" } })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) throw new Error("no answer");
          return answer.text();
        });
    };
  }

  document.querySelectorAll("[data-search-box]").forEach(function (form) {
    var box = form.querySelector("input[type=search]");
    var ask = asker(form.dataset.searchBox);
    combobox(box, form.querySelector("[role=listbox]"), form.querySelector("[data-search-said]"), function (text) {
      // One letter finds too much; letters of scripts that write a word with one are more than that.
      if (text.length === 1 && text.charCodeAt(0) < 0x2e80) return null;
      return ask(text);
    }, { keepsOpen: false, marksFirst: false });
    form.addEventListener("submit", function (event) { if (!box.value.trim()) event.preventDefault(); });
  });

  // Where the header has no room for the box it stands in the menu.
  document.addEventListener("click", function (event) {
    var folded = event.target.closest("[data-open-search]") && document.querySelector(".menu-main");
    if (!folded) return;
    event.preventDefault();
    event.stopPropagation();
    folded.open = true;
    folded.querySelector("input[type=search]").focus();
  }, true);

  /* --- the command palette: what can be done on this page, where one can go, what can be created, and records -------- */

  var palette = null;
  function words(element) {
    if (element.dataset.act) return element.dataset.act;
    if (element.dataset.keysLabel) return element.dataset.keysLabel;
    var copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg, .visually-hidden, .count").forEach(function (one) { one.remove(); });
    return (copy.textContent.replace(/\s+/g, " ").trim() || element.getAttribute("aria-label") || "").trim();
  }
  function usable(element) { return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.getAttribute("aria-current") !== "page"; }
  function commands() {
    var found = [];
    var seen = {};
    function add(group, selector, before) {
      document.querySelectorAll(selector).forEach(function (element) {
        var said = words(element);
        var key = group + said.toLowerCase();
        if (!said || seen[key] || !usable(element) || element.closest("dialog, [hidden], .no-script")) return;
        seen[key] = true;
        found.push({ group: group, words: (before || "") + said, element: element, keys: element.dataset.keys || "" });
      });
    }
    add("On this page", "main .page-actions a.btn, main .page-actions button.btn, main .page-actions .dropdown-item, main [data-act]");
    add("On this page", "main .neighbours a");
    add("On this page", "main .nav-tabs > a", "Show ");
    add("Create", ".top .top-tools [data-create] a.dropdown-item");
    add("Go to", ".top .menu-main a.dropdown-item, .top .top-tools a.dropdown-item");
    return found;
  }
  function fits(text, wanted) {
    var there = text.toLowerCase();
    return wanted.split(" ").every(function (word) { return there.indexOf(word) >= 0; });
  }
  function drawn(found) {
    var all = document.createDocumentFragment();
    var box = null;
    found.forEach(function (one) {
      if (!box || box.dataset.group !== one.group) {
        box = document.createElement("div");
        box.className = "search-group";
        box.dataset.group = one.group;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", one.group);
        var head = document.createElement("div");
        head.className = "search-head";
        head.setAttribute("aria-hidden", "true");
        head.textContent = one.group;
        box.append(head);
        all.append(box);
      }
      var option = document.createElement("div");
      option.className = "search-hit";
      option.setAttribute("role", "option");
      var said = document.createElement("span");
      said.className = "search-line";
      said.textContent = one.words;
      option.append(said);
      one.keys.split(" ").filter(Boolean).forEach(function (key) {
        var cap = document.createElement("kbd");
        cap.setAttribute("aria-hidden", "true");
        cap.textContent = key;
        option.append(cap);
      });
      option.command = one;
      box.append(option);
    });
    return all;
  }
  function run(element) {
    var menu = element.closest("details.menu");
    element.click();
    if (menu) menu.open = false;
  }
  function build() {
    var form = document.querySelector("[data-search-box]");
    var ask = form ? asker(form.dataset.searchBox) : null;
    palette = document.createElement("dialog");
    palette.className = "palette";
    palette.setAttribute("aria-label", "Commands and search");
    palette.innerHTML = '<input class="form-control" type="search" id="palette-text" maxlength="200" role="combobox" aria-label="Command, page or record" aria-autocomplete="list" aria-expanded="true" aria-controls="palette-found" autocomplete="off" spellcheck="false" placeholder="Command, page or record">'
      + '<div class="search-found" id="palette-found" role="listbox" aria-label="Commands and records"></div>'
      + '<p class="palette-foot" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Ctrl</kbd> <kbd>Enter</kbd> new tab <kbd>Esc</kbd> close</p>'
      + '<p class="visually-hidden" role="status"></p>';
    document.body.append(palette);
    var box = palette.querySelector("input");
    var list = palette.querySelector("[role=listbox]");
    var known = [];
    var parts = combobox(box, list, palette.querySelector("[role=status]"), function (text) {
      var wanted = text.toLowerCase();
      var mine = drawn(known.filter(function (one) { return !wanted || fits(one.words, wanted); }));
      if (!ask || text.length < TEXT_MIN) return mine;
      return ask(text).then(function (markup) {
        var holder = document.createElement("template");
        holder.innerHTML = markup;
        holder.content.querySelectorAll("[data-said]").forEach(function (one) { one.remove(); });
        mine.append(holder.content);
        return mine;
      }, function (failure) { if (failure.name === "AbortError") return null; return mine; });
    }, { keepsOpen: true, marksFirst: true, close: function () { palette.close(); } }, function (option, beside) {
      if (!option.command) {
        if (!beside) palette.close();
        return false;
      }
      var element = option.command.element;
      if (beside && element.href && !element.hasAttribute("data-dialog")) { window.open(element.href, "_blank", "noopener"); return true; }
      palette.close();
      run(element);
      return true;
    });
    palette.addEventListener("click", function (event) { if (event.target === palette) palette.close(); });
    palette.addEventListener("close", function () { box.value = ""; parts.hide(); list.replaceChildren(); });
    palette.openWith = function () { known = commands(); palette.showModal(); box.focus(); parts.look(); };
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (!document.querySelector(".top")) return;
    event.preventDefault();
    if (document.querySelector("dialog[open]:not(.palette)")) return; // one level only (UI-5)
    if (!palette) build();
    if (palette.open) palette.close(); else palette.openWith();
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-palette]")) return;
    if (!palette) build();
    palette.openWith();
  });
})();
