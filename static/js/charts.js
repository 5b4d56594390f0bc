/* Draws each [data-chart] from the JSON beside it (components/chart.html). Kinds: stacked, bars (one or more series
   side by side), line, hbars. A bar or point with an address opens the list behind it; the same addresses stand in the
   data table for keyboards and screen readers. Tooltips are drawn on the canvas: the CSP allows no inline style. */
(function () {
  "use strict";

  var css = getComputedStyle(document.documentElement);
  function token(name) { return css.getPropertyValue("--" + name).trim(); }
  var TONES = { green: "#3f9c5c", amber: "#e0a526", red: token("red"), grey: "#a9b0ba", blue: "#3f7fc1" };
  var SERIES = ["#3f7fc1", "#3f9c5c", "#e0a526", "#7a5ea8", "#4a9ea3", "#c77b4a", "#a9b0ba"];
  var FONT = getComputedStyle(document.body).fontFamily;

  function axis(chart, names, width) {
    var longest = Math.max.apply(null, chart.categories.map(function (name) { return name.length; }));
    /* A name of n characters at 12 px needs its share of the axis; where it has not, all names lean. */
    var tilt = chart.kind !== "hbars" && longest * 12 + 8 > (width - 60) / chart.categories.length ? 40 : 0;
    return {
      type: "category", data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-strong") } },
      axisLabel: { color: token("muted"), rotate: tilt, interval: chart.kind === "line" ? "auto" : 0, hideOverlap: chart.kind === "line", width: 110, overflow: "truncate" },
      inverse: chart.kind === "hbars"
    };
  }

  function option(chart, width) {
    var flat = chart.kind === "hbars";
    var values = {
      type: "value", axisLabel: { color: token("muted") }, splitLine: { lineStyle: { color: token("line") } },
      max: chart.unit === "%" ? 100 : undefined, minInterval: chart.unit === "%" ? undefined : 1
    };
    var names = axis(chart, chart.categories, width);
    return {
      animation: false, color: SERIES, textStyle: { fontFamily: FONT, fontSize: 12 },
      grid: { left: 8, right: flat ? 48 : 12, top: chart.series.length > 1 ? 40 : 16, bottom: 4, containLabel: true },
      legend: { show: chart.series.length > 1, top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: token("ink") } },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: chart.kind === "line" ? "line" : "shadow" },
        textStyle: { color: token("ink"), fontSize: 13 }, backgroundColor: "#fff", borderColor: token("line-strong"),
        valueFormatter: function (value) { return value === null || value === undefined ? "—" : value.toLocaleString("zh-CN") + " " + (chart.unit || ""); }
      },
      xAxis: flat ? values : names, yAxis: flat ? names : values,
      series: chart.series.map(function (series, index) {
        var colour = TONES[series.tone] || SERIES[index % SERIES.length];
        return {
          name: series.name, data: series.data, type: chart.kind === "line" ? "line" : "bar",
          stack: chart.kind === "stacked" ? "all" : undefined, barMaxWidth: flat ? 18 : 32, barGap: "15%",
          itemStyle: { color: colour }, lineStyle: { color: colour, width: 2 }, symbol: ["circle", "rect", "triangle", "diamond"][index % 4], symbolSize: 7,
          cursor: series.urls ? "pointer" : "default",
          label: { show: flat, position: "right", color: token("ink"), formatter: function (point) { return point.value + (chart.unit === "%" ? "%" : ""); } }
        };
      })
    };
  }

  function draw(place) {
    var chart = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    var drawing = window.echarts.init(place, null, { renderer: "canvas" });
    var paint = function () { drawing.setOption(option(chart, place.clientWidth)); };
    paint();
    drawing.on("click", function (point) {
      var urls = chart.series[point.seriesIndex].urls;
      if (urls && urls[point.dataIndex]) { location.assign(urls[point.dataIndex]); }
    });
    new ResizeObserver(function () { drawing.resize(); paint(); }).observe(place);
  }

  /* The library is large: it comes, and a chart is drawn, only when one is about to be seen or printed. */
  var library = document.currentScript.dataset.library;
  var loading = null;
  function load() {
    loading = loading || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = library;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  }

  function show(place) {
    watcher.unobserve(place);
    load().then(function () {
      if (!window.echarts.getInstanceByDom(place)) { draw(place); }
    });
  }
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) { show(entry.target); }
    });
  }, { rootMargin: "100px" });

  function watch(root) { root.querySelectorAll("[data-chart]").forEach(function (place) { watcher.observe(place); }); }
  document.addEventListener("DOMContentLoaded", function () { watch(document); });
  document.addEventListener("htmx:afterSettle", function (event) { watch(event.target); });
  window.addEventListener("beforeprint", function () { document.querySelectorAll("[data-chart]").forEach(show); });
})();
