// The charts of the sync centre say what the tables below them say, in the colours of the theme.
(function () {
  "use strict";
  var drawn = [];
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function figures(span) {
    return Array.from(document.querySelectorAll('[data-trend-figures="' + span + '"] tbody tr')).map(function (row) {
      return {
        label: row.dataset.label, sent: Number(row.dataset.sent), received: Number(row.dataset.received),
        oldest: row.dataset.oldest === "" ? null : Math.round(Number(row.dataset.oldest) / 6) / 10,
      };
    });
  }
  function sets(shows, rows) {
    if (shows === "oldest") {
      return [{ label: "Minutes", data: rows.map(function (one) { return one.oldest; }), borderColor: colour("--link-red-edge"), backgroundColor: colour("--link-red-edge"), pointRadius: 2, borderWidth: 2, stepped: true, spanGaps: false }];
    }
    return [
      { label: "Sent", data: rows.map(function (one) { return one.sent; }), backgroundColor: colour("--accent-text"), stack: "moved" },
      { label: "Received", data: rows.map(function (one) { return one.received; }), backgroundColor: colour("--link-green-edge"), stack: "moved" },
    ];
  }
  function draw() {
    if (!window.Chart) return;
    drawn.forEach(function (chart) { chart.destroy(); });
    var ink = colour("--ink-soft"), line = colour("--line");
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawn = Array.from(document.querySelectorAll("canvas[data-trend]")).map(function (canvas) {
      var rows = figures(canvas.dataset.trend), shows = canvas.dataset.shows;
      return new window.Chart(canvas, {
        type: shows === "oldest" ? "line" : "bar",
        data: { labels: rows.map(function (one) { return one.label; }), datasets: sets(shows, rows) },
        options: {
          animation: false, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
          plugins: { legend: { display: shows === "moved", labels: { color: ink, boxWidth: 12 } } },
          scales: {
            x: { stacked: true, grid: { display: false }, ticks: { color: ink, maxTicksLimit: canvas.parentNode.clientWidth < 420 ? 4 : 7, maxRotation: 0 } },
            y: { stacked: true, beginAtZero: true, grid: { color: line }, ticks: { color: ink, precision: 0, maxTicksLimit: 5 } },
          },
        },
      });
    });
  }
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
