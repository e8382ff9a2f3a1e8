// Split/Advanced Billing: the primary's percentage as the others are typed, the filter, and the chart of a preview.
// The server computes and refuses by itself; without this script the page only says less while somebody types.
(function () {
  "use strict";
  var WHOLE = 1000000; // 100 % in ten-thousandths of a percent, as on the server
  var PAYERS_DRAWN = 20;
  var table = document.getElementById("payers");

  function shareOf(text) {
    var typed = text.trim().replace(/%$/, "").trim().replace(",", ".");
    if (!typed) return 0;
    if (!/^\d{1,3}(\.\d{1,4})?$/.test(typed)) return null;
    var parts = typed.split(".");
    return Number(parts[0]) * 10000 + Number(((parts[1] || "") + "0000").slice(0, 4));
  }
  function percent(share) {
    var size = Math.abs(share);
    return (share < 0 ? "−" : "") + Math.floor(size / 10000) + "." + ("0000" + (size % 10000)).slice(-4);
  }
  function boxes() { return Array.from(table.querySelectorAll("input[name^=share-]")); }
  function sum() {
    return boxes().reduce(function (total, box) {
      var share = shareOf(box.value);
      return total === null || share === null ? null : total + share;
    }, 0);
  }
  function tell() {
    var others = sum();
    var rest = table.querySelector("[data-rest]");
    if (!rest) return;
    rest.textContent = others === null ? "—" : percent(WHOLE - others);
    rest.classList.toggle("ink-red", others !== null && others > WHOLE);
    table.querySelector("[data-total]").textContent = others === null ? "—" : percent(Math.max(WHOLE, others));
  }
  function note() {
    var others = sum();
    var over = others !== null && others > WHOLE;
    document.querySelector("[data-split-note]").textContent = over
      ? "That is " + percent(others - WHOLE) + " % more than there is, and nothing would be left for the primary contact: lower the others by as much."
      : "";
  }
  if (table) {
    table.addEventListener("input", tell);
    table.addEventListener("change", note);
    tell();
  }

  // The same share for everybody; what does not divide stays with the primary.
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-split-evenly]")) return;
    var even = Math.floor(WHOLE / (boxes().length + 1));
    boxes().forEach(function (box) { box.value = percent(even); });
    tell();
    note();
  });

  // A filter over many payers. Rows out of sight keep what was typed and are sent along.
  document.addEventListener("input", function (event) {
    var field = event.target.closest("[data-filter-rows]");
    if (!field) return;
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    var seen = 0;
    document.querySelectorAll(field.dataset.filterRows + " tbody tr").forEach(function (row) {
      var text = row.textContent.toLowerCase();
      row.hidden = !words.every(function (word) { return text.includes(word); });
      if (!row.hidden) seen += 1;
    });
    document.querySelector(field.dataset.filterCount).textContent = seen + (seen === 1 ? " payer shown" : " payers shown");
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.closest("[data-filter-rows]")) event.preventDefault();
  });

  // The chart says what the table beside it says, in the colours of the theme.
  var chart = null;
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function money(cents) {
    return (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
  function rows() {
    var all = Array.from(document.querySelectorAll("[data-chart-source] tbody tr")).map(function (row) {
      return { name: row.querySelector("[data-name]").textContent, cents: Number(row.querySelector("[data-cents]").dataset.cents) };
    });
    if (all.length <= PAYERS_DRAWN) return all;
    all.sort(function (a, b) { return Math.abs(b.cents) - Math.abs(a.cents); });
    return all.slice(0, PAYERS_DRAWN);
  }
  function draw() {
    var canvas = document.querySelector("[data-chart]");
    if (chart) chart.destroy();
    chart = null;
    if (!canvas || !window.Chart) return;
    var shown = rows();
    canvas.parentNode.style.height = 60 + shown.length * 34 + "px";
    var ink = colour("--ink-soft");
    var longest = canvas.parentNode.clientWidth < 480 ? 16 : 28;
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    chart = new window.Chart(canvas, {
      type: "bar",
      data: {
        labels: shown.map(function (one) { return one.name.length > longest ? one.name.slice(0, longest - 1) + "…" : one.name; }),
        datasets: [{
          data: shown.map(function (one) { return one.cents; }), backgroundColor: colour("--accent-text"),
          borderRadius: 3, maxBarThickness: 22,
        }],
      },
      options: {
        indexAxis: "y", animation: false, maintainAspectRatio: false,
        plugins: {
          legend: { display: false },
          tooltip: { callbacks: {
            title: function (items) { return shown[items[0].dataIndex].name; },
            label: function (item) { return money(item.raw); },
          } },
        },
        scales: {
          x: { beginAtZero: true, grid: { color: colour("--line") }, ticks: { color: ink, callback: money, maxTicksLimit: 6 } },
          y: { grid: { display: false }, ticks: { color: ink, autoSkip: false } },
        },
      },
    });
  }
  draw();
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id === "split-preview" || event.target.querySelector("[data-chart]")) draw();
  });
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
