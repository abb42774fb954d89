// Throughput and durations as lines, in the colours of the badges. The tables beside them say the same.
(function () {
  "use strict";
  var place = document.querySelector("[data-pace]");
  if (!place || !window.echarts) return;
  var data = JSON.parse(place.dataset.pace);
  var charts = {};
  var dashes = ["solid", "dashed", "dotted"];

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue("--ow-" + name).trim(); }

  function option(lines, narrow) {
    var text = { color: colour("muted"), fontSize: 13 };
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("muted"), fontSize: 13 },
      grid: { left: 56, right: 20, top: 16, bottom: 26 },
      xAxis: { type: "category", data: data.at, boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } }, axisLabel: Object.assign({ interval: narrow ? 5 : 2 }, text) },
      yAxis: { type: "value", min: 0, splitNumber: 3, axisLabel: text, splitLine: { lineStyle: { color: colour("line") } } },
      series: lines.map(function (line, n) {
        return { name: line.name, type: "line", data: line.values, symbol: "circle", symbolSize: 4, connectNulls: true, color: colour(line.tone), lineStyle: { width: 2, type: dashes[n] }, emphasis: { disabled: true } };
      }),
    };
  }

  function draw() {
    [["counts-chart", data.counts, ""], ["hours-chart", data.hours, " h"]].forEach(function (one) {
      var box = document.getElementById(one[0]);
      if (!box || !one[1]) return;
      var lines = one[1].map(function (line, n) { return { name: line.name, tone: line.tone, dash: dashes[n], values: line.values }; });
      if (!charts[one[0]]) {
        window.orderwrightChart.legend(box, lines);
        charts[one[0]] = echarts.init(box, null, { renderer: "canvas" });
        window.orderwrightChart.tip(charts[one[0]], box, function () { return { labels: data.at, lines: lines, unit: one[2] }; });
      }
      charts[one[0]].setOption(option(one[1], box.clientWidth < 500));
    });
  }

  document.addEventListener("orderwright:theme", draw);
  window.addEventListener("resize", function () {
    Object.values(charts).forEach(function (chart) { chart.resize(); });
    draw();
  });
  draw();
})();
