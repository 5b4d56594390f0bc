/* Draws the chain map (templates/alliances/chain_detail.html): stages along the chain, each over its enterprises,
   deliveries as arrows. Wide screens run from left to right, narrow ones from top to bottom. The table below the map
   says the same for keyboards and screen readers. Plain ES2018 for Chromium 83. */
(function () {
  "use strict";

  var css = getComputedStyle(document.documentElement);
  function token(name) { return css.getPropertyValue("--" + name).trim(); }
  var SYMBOLS = { leader: "diamond", above_scale: "rect", small: "circle" };
  var SIZES = { leader: 22, above_scale: 14, small: 12 };
  var NARROW = 720;

  function spread(drawing, width) {
    /* Steps along and across the chain, in pixels; wide screens leave room for names beside the nodes. */
    if (width < NARROW) { return { flip: true, along: 34, across: Math.max(21, (width - 96) / drawing.rows) }; }
    return { flip: false, along: drawing.close ? 34 : Math.max(108, Math.min(190, (width - 120) / drawing.columns)), across: 30 };
  }

  function place(at, step) {
    var along = at[0] * step.along, across = at[1] * step.across + (at[1] > 0 ? (step.flip ? 30 : 24) : 0);
    return step.flip ? { x: across, y: along } : { x: along, y: across };
  }

  function nodes(drawing, step) {
    var named = !step.flip && !drawing.close;
    var stages = drawing.stages.map(function (stage, index) {
      var mark = stage.mark === "断点" ? token("red") : stage.mark ? token("amber") : token("line-strong");
      return Object.assign(place(stage.at, step), {
        id: "stage" + index, name: stage.name, symbol: "rect", symbolSize: step.flip ? [72, 26] : [96, 34], cursor: "default",
        itemStyle: { color: token("card"), borderColor: mark, borderWidth: stage.mark ? 2 : 1, borderType: stage.mark === "断点" ? "dashed" : "solid" },
        label: { show: true, color: token("ink"), fontSize: step.flip ? 10 : 12, lineHeight: step.flip ? 12 : 15,
          formatter: stage.name + "\n" + (stage.mark ? stage.mark + " · " : "") + stage.count + " 家", width: step.flip ? 70 : 92, overflow: "truncate" },
        words: [stage.stream, stage.name, stage.count + " 家企业"].filter(Boolean).join(" · ")
      });
    });
    var firms = drawing.firms.map(function (firm) {
      var member = firm.alliances.length > 0, colour = firm.scale === "leader" ? token("brand") : "#3f7fc1";
      return Object.assign(place(firm.at, step), {
        id: String(firm.id), name: firm.name, symbol: SYMBOLS[firm.scale], symbolSize: SIZES[firm.scale], firm: firm, cursor: "pointer",
        itemStyle: { color: member ? colour : token("card"), borderColor: colour, borderWidth: 1.5 },
        label: { show: named, position: "right", color: token("ink"), fontSize: 11, width: step.along - 30, overflow: "truncate", formatter: firm.name },
        words: firm.name + "（" + firm.kind + "）"
      });
    });
    return stages.concat(firms);
  }

  function edges(drawing) {
    var flow = drawing.stages.slice(1).map(function (_, index) {
      return { source: "stage" + index, target: "stage" + (index + 1), lineStyle: { color: token("line-strong"), width: 2 }, words: "" };
    });
    return flow.concat(drawing.supplies.map(function (supply) {
      return { source: String(supply[0]), target: String(supply[1]), words: supply[2], lineStyle: { color: token("blue"), width: 1.5, curveness: 0.2, opacity: 0.8 } };
    }));
  }

  function describe(side, drawing, firm) {
    var names = {};
    drawing.firms.forEach(function (each) { names[each.id] = each.name; });
    function others(mine, theirs) {
      var found = drawing.supplies.filter(function (supply) { return supply[mine] === firm.id; });
      return found.map(function (supply) { return names[supply[theirs]] + "（" + supply[2] + "）"; }).join("、") || "—";
    }
    var link = side.querySelector("[data-name]");
    link.textContent = firm.name;
    link.href = firm.url;
    side.querySelector("[data-stage]").textContent = firm.stage;
    side.querySelector("[data-kind]").textContent = firm.kind;
    side.querySelector("[data-alliances]").textContent = firm.alliances.join("、") || "不在联盟";
    side.querySelector("[data-sells]").textContent = others(0, 1);
    side.querySelector("[data-buys]").textContent = others(1, 0);
    side.hidden = false;
  }

  function draw(box) {
    var drawing = JSON.parse(document.getElementById(box.dataset.chainMap).textContent);
    var side = document.querySelector("[data-chain-side]");
    var chart = null;
    function paint() {
      var step = spread(drawing, box.clientWidth);
      var along = (drawing.columns - 1) * step.along, across = (drawing.rows - 1) * step.across + (step.flip ? 30 : 24);
      box.style.height = Math.max(120, (step.flip ? along : across) + 70) + "px";
      if (chart) { chart.resize(); } else { chart = window.echarts.init(box, null, { renderer: "canvas" }); }
      /* The view is as large as the drawing, so that one unit is one pixel; a longer one is dragged or scrolled. */
      var left = step.flip ? 40 : 54, top = 26;
      chart.setOption({
        animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        tooltip: { renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: token("line-strong"), textStyle: { color: token("ink"), fontSize: 13 },
          formatter: function (point) { return point.data.words || ""; } },
        series: [{
          type: "graph", layout: "none", data: nodes(drawing, step), links: edges(drawing),
          left: left, top: top, width: Math.max(1, step.flip ? across : along), height: Math.max(1, step.flip ? along : across),
          roam: along + 110 > box.clientWidth && !step.flip ? "move" : false,
          edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7, emphasis: { focus: "adjacency" }
        }]
      }, true);
    }
    paint();
    chart.on("click", function (point) {
      if (point.data && point.data.firm) { describe(side, drawing, point.data.firm); }
    });
    var width = box.clientWidth;
    new ResizeObserver(function () {
      if (box.clientWidth !== width) { width = box.clientWidth; paint(); }
    }).observe(box);
  }

  document.querySelectorAll("[data-chain-map]").forEach(draw);
})();
