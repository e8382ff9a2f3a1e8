// Lists: choosing rows, and sorting by a second column. Without it the boxes and links work as they stand.
(function () {
  "use strict";
  var lastTick = null;

  function ticks() { return Array.from(document.querySelectorAll("[data-list] [data-tick]")); }
  function tell() {
    var said = document.querySelector("[data-ticked]");
    if (!said) return;
    var boxes = ticks();
    var count = boxes.filter(function (box) { return box.checked; }).length;
    var page = document.querySelector("[data-check-page]");
    var whole = document.querySelector("[data-check-whole]");
    var all = whole && whole.checked;
    if (page) { page.checked = count > 0 && count === boxes.length; page.indeterminate = count > 0 && count < boxes.length; }
    boxes.forEach(function (box) { box.closest("tr").classList.toggle("row-ticked", box.checked || all); });
    said.textContent = all ? "Everything in this list is selected, on all pages." : count ? count + " " + (count === 1 ? said.dataset.noun : said.dataset.nouns) + " selected." : "";
  }
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.matches("[data-check-page]")) ticks().forEach(function (one) { one.checked = box.checked; });
    if (box.matches("[data-check-page], [data-check-whole], [data-tick]")) tell();
  });
  // Shift and a press choose everything in between.
  document.addEventListener("click", function (event) {
    var box = event.target.closest("[data-tick]");
    if (!box) return;
    if (event.shiftKey && lastTick && document.contains(lastTick)) {
      var all = ticks();
      var from = all.indexOf(lastTick), to = all.indexOf(box);
      all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (one) { one.checked = box.checked; });
      tell();
    }
    lastTick = box;
  });
  // Shift and a press, or Shift+Enter, on a heading: the second thing the list is sorted by.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-then]");
    if (link && event.shiftKey) { event.preventDefault(); window.location.assign(link.dataset.then); }
  });
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-bulk]") || ticks().some(function (box) { return box.checked; })) return;
    var whole = event.target.querySelector("[data-check-whole]");
    if (whole && whole.checked) return;
    event.preventDefault();
    var said = event.target.querySelector("[data-ticked]");
    said.textContent = "Select the " + said.dataset.nouns + " first.";
  });
  document.addEventListener("htmx:afterSwap", tell);
  tell();
})();
