/* Charts that answer to the pointer, drawn by ECharts from the table beside each; the server's still picture goes.

   A figure has data-chart (lines, bars) and a table of its values: a row a series, or with data-by="rows" a row a name.
   Without ECharts the picture stays, and the table is there for everybody. */
"use strict";

(function () {
  if (typeof echarts === "undefined") return;
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const COLORS = ["#1f5fa8", "#b4540a", "#3d7a2c", "#7a3d8f", "#8a6d00", "#2b7a78"];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  function number(cell) {
    const value = parseFloat(cell.textContent.replace(/,/g, ""));
    return Number.isNaN(value) ? null : value;
  }

  function read(figure) {
    const table = figure.querySelector("table");
    const heads = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent).slice(1);
    const rows = Array.from(table.tBodies[0].rows, (row) => ({
      name: row.cells[0].textContent,
      values: Array.from(row.cells).slice(1).map(number),
    }));
    if (figure.dataset.by !== "rows") return { names: heads, series: rows };
    return {
      names: rows.map((row) => row.name),
      series: heads.map((name, place) => ({ name, values: rows.map((row) => row.values[place]) })),
    };
  }

  function options(form, data) {
    const names = { type: "category", data: data.names, axisLabel: { color: token("--ink-soft") }, axisTick: { show: false } };
    const values = { type: "value", axisLabel: { color: token("--ink-soft") }, splitLine: { lineStyle: { color: token("--line") } } };
    const bars = form === "bars";
    return {
      animation: !still,
      color: COLORS,
      textStyle: { fontFamily: token("--font") },
      grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
      legend: { show: data.series.length > 1, top: 0, textStyle: { color: token("--ink") } },
      // Drawn on the canvas: markup with styles of its own is what the content policy forbids.
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      xAxis: bars ? values : names,
      yAxis: bars ? Object.assign({ inverse: true }, names) : values,
      series: data.series.map((each, place) => ({
        type: bars ? "bar" : "line",
        name: each.name,
        data: each.values,
        barMaxWidth: 22,
        symbolSize: 6,
        lineStyle: place ? { type: "dashed" } : undefined,
        label: { show: bars, position: "right", color: token("--ink") },
      })),
    };
  }

  function draw(figure) {
    const place = figure.querySelector(".chart-picture");
    const data = read(figure);
    if (!data.names.length) return;
    place.replaceChildren();
    place.classList.add("drawn");
    place.style.height = figure.dataset.chart === "bars" ? 40 + 34 * data.names.length + "px" : "300px";
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(options(figure.dataset.chart, data));
    new ResizeObserver(() => chart.resize()).observe(place);
  }

  function drawAll(root) {
    for (const figure of root.querySelectorAll("figure[data-chart]:not([data-drawn])")) {
      figure.dataset.drawn = "1";
      draw(figure);
    }
  }

  drawAll(document);
  document.body.addEventListener("htmx:afterSwap", () => drawAll(document));
})();
