// What the small build of ECharts leaves out: a legend, and the values under the pointer. Both are text of the page.
(function () {
  "use strict";

  function swatch(line) {
    var mark = document.createElement("span");
    mark.className = "legend-mark legend-" + line.tone + " legend-" + (line.dash || "solid");
    return mark;
  }

  // Which line is which, before the chart. `lines`: {name, tone, dash}.
  function legend(box, lines) {
    var list = box.previousElementSibling;
    if (!list || !list.classList.contains("legend")) {
      list = document.createElement("ul");
      list.className = "legend";
      box.before(list);
    }
    list.textContent = "";
    lines.forEach(function (line) {
      var item = document.createElement("li");
      item.append(swatch(line), line.name);
      list.append(item);
    });
  }

  // The values at the pointer. `about()` returns {labels, lines: [{name, tone, dash, values}], unit} as they are now.
  function tip(chart, box, about) {
    var note = document.createElement("div"), rule = document.createElement("div");
    note.className = "chart-tip";
    rule.className = "chart-rule";
    note.hidden = rule.hidden = true;
    box.append(rule, note);
    chart.getZr().on("mousemove", function (event) {
      var said = about(), at = chart.convertFromPixel({ xAxisIndex: 0 }, event.offsetX);
      var n = Math.round(at);
      if (!said || !chart.containPixel("grid", [event.offsetX, event.offsetY]) || said.labels[n] === undefined) { hide(); return; }
      note.textContent = "";
      var head = document.createElement("p");
      head.className = "strong";
      head.textContent = said.labels[n];
      note.append(head);
      said.lines.forEach(function (line) {
        var row = document.createElement("p"), value = line.values[n];
        row.append(swatch(line), line.name + " ", value === null || value === undefined ? "none" : value.toLocaleString(document.body.dataset.locale || "en") + (said.unit || ""));
        note.append(row);
      });
      note.hidden = rule.hidden = false;
      var x = chart.convertToPixel({ xAxisIndex: 0 }, n);
      rule.style.left = x + "px";
      note.style.left = Math.max(0, Math.min(box.clientWidth - note.offsetWidth, x + 12)) + "px";
    });
    function hide() { note.hidden = rule.hidden = true; }
    chart.getZr().on("globalout", hide);
  }

  window.orderwrightChart = { legend: legend, tip: tip };
})();
