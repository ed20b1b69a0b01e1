
const spec = JSON.parse(document.getElementById("spec").textContent);
const dark = spec.config.background < "#8";
vegaEmbed("#chart", spec, {
  mode: "vega-lite",
  renderer: "svg",
  ast: true,
  actions: { export: true, source: false, compiled: false, editor: false },
  downloadFileName: "chart",
  tooltip: { theme: dark ? "dark" : "light" },
}).catch((fault) => { document.getElementById("chart").textContent = "The chart cannot be drawn: " + fault; });
