// The two charts of the live page, in the colours of the badges, and the tables that say the same.
(function () {
  "use strict";
  var data = null;
  var charts = {};

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--ow-" + name).trim();
  }

  function base() {
    return {
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 250,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("muted"), fontSize: 13 },
    };
  }

  function axis(extra) {
    return Object.assign({
      axisLine: { lineStyle: { color: colour("line") } }, axisTick: { show: false },
      axisLabel: { color: colour("muted"), fontSize: 13 }, splitLine: { lineStyle: { color: colour("line") } },
    }, extra);
  }

  function minutesOption(minutes, narrow) {
    function line(name, values, tone, dash) {
      return {
        name: name, type: "line", data: values, symbol: "none", smooth: false, color: colour(tone),
        lineStyle: { width: 2, type: dash }, areaStyle: { opacity: 0.08 }, emphasis: { disabled: true },
      };
    }
    return Object.assign(base(), {
      grid: { left: 56, right: 20, top: 16, bottom: 26 },
      xAxis: axis({ type: "category", data: minutes.at, boundaryGap: false, splitLine: { show: false }, axisLabel: { color: colour("muted"), fontSize: 13, interval: narrow ? 9 : 4 } }),
      yAxis: axis({ type: "value", min: 0, minInterval: 1, splitNumber: 3 }),
      series: [line("Placed", minutes.placed, "blue", "solid"), line("Delivered", minutes.delivered, "green", "dashed")],
    });
  }

  function stagesOption(stages) {
    var rows = stages.rows.slice().reverse();
    var option = base();
    return Object.assign(option, {
      grid: { left: 104, right: 64, top: 4, bottom: 4 },
      xAxis: axis({ type: "value", min: 0, minInterval: 1, splitNumber: 3, show: false }),
      yAxis: axis({ type: "category", data: rows.map(function (row) { return row.word; }), axisLine: { show: false }, axisLabel: { color: colour("text"), fontSize: 13 } }),
      series: [{
        name: "Orders", type: "bar", barWidth: "56%", emphasis: { disabled: true },
        data: rows.map(function (row) { return { value: row.orders, itemStyle: { color: colour(row.tone), borderRadius: [0, 3, 3, 0] } }; }),
        label: { show: true, position: "right", color: colour("text"), fontSize: 13, formatter: function (at) { return at.value.toLocaleString("en-US"); } },
      }],
    });
  }

  function minutesLines() {
    return [
      { name: "Placed", tone: "blue", dash: "solid", values: data.minutes.placed },
      { name: "Delivered", tone: "green", dash: "dashed", values: data.minutes.delivered },
    ];
  }

  function draw() {
    if (!data || !window.echarts) return;
    ["minutes-chart", "stages-chart"].forEach(function (id) {
      var box = document.getElementById(id);
      if (!box) return;
      var option = id === "stages-chart" ? stagesOption(data.stages) : minutesOption(data.minutes, box.clientWidth < 500);
      if (!charts[id]) {
        charts[id] = echarts.init(box, null, { renderer: "canvas" });
        if (id === "minutes-chart") {
          window.orderwrightChart.legend(box, minutesLines());
          window.orderwrightChart.tip(charts[id], box, function () { return { labels: data.minutes.at, lines: minutesLines() }; });
        }
      }
      charts[id].setOption(option, { lazyUpdate: true });
    });
  }

  function fill(tableId, rows) {
    var body = document.querySelector("#" + tableId + " tbody");
    if (!body) return;
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach(function (cells, i) {
      var row = body.rows[i] || body.insertRow();
      cells.forEach(function (cell, n) {
        var box = row.cells[n] || row.appendChild(document.createElement(n === 0 ? "th" : "td"));
        if (n === 0) box.scope = "row";
        var text = typeof cell === "number" ? cell.toLocaleString("en-US") : cell;
        if (box.textContent !== text) box.textContent = text;
      });
    });
  }

  function say(id, text) {
    var box = document.getElementById(id);
    if (box && box.textContent !== text) box.textContent = text;
  }

  window.orderwrightCharts = {
    show: function (text) {
      data = JSON.parse(text);
      say("minutes-title", data.minutes.title);
      say("open-title", data.stages.title);
      fill("minutes-table", data.minutes.at.map(function (at, i) { return [at, data.minutes.placed[i], data.minutes.delivered[i]]; }));
      fill("stages-table", data.stages.rows.map(function (row) { return [row.word, row.orders]; }));
      draw();
    },
  };

  document.addEventListener("orderwright:theme", draw);
  window.addEventListener("resize", function () {
    Object.values(charts).forEach(function (chart) { chart.resize(); });
    draw();
  });
  var first = document.getElementById("minutes-chart");
  if (first) window.orderwrightCharts.show(first.dataset.charts);
})();
