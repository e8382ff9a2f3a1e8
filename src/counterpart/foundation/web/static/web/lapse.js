// Two minutes before a sign-in lapses the page says so, and a button moves the end on (11.2).
(function () {
  "use strict";
  var WARN_S = 120;
  var left = Number(document.body.dataset.sessionLeft);
  var dialog = document.getElementById("lapse");
  if (!left || !dialog) return;
  var timer = 0;
  function start(seconds) {
    window.clearTimeout(timer);
    // A laptop that slept fires late; the end is then reached at once and the next click leads to the sign-in.
    timer = window.setTimeout(function () { if (!dialog.open) dialog.showModal(); }, Math.max(0, seconds - WARN_S) * 1000);
  }
  dialog.querySelector("form").addEventListener("submit", function (event) {
    event.preventDefault();
    var form = event.target;
    window.fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Stay": "1" } }).then(function (answer) {
      if (!answer.ok || answer.redirected) { window.location.reload(); return; }
      dialog.close();
      start(left = Number(answer.headers.get("X-Session-Left")));
    }, function () { window.counterpart.toast("error", "The server can not be reached. Check your connection and try again."); });
  });
  start(left);
})();
