// Charts over time, drawn by uPlot. Mouse, finger and arrow keys all move through the values, which are said below in words.
import { clock, made } from "./parts.js";

const { uPlot } = window;
const HEIGHT = 200;
const HINT = "Point at the chart, or use the arrow keys.";

// A chart of `entries`, each with `from` and `to` in milliseconds; a value is null where nothing is known. With `level` a value is
// drawn at both ends of its interval, so that lines are level within it. Where it is `mirrored`, what is below 0 is a count, too.
export function chart({ title, entries, values, series, bands, words, signal, level = false, mirrored = false }) {
  const said = made("p", { class: "said" }, HINT);
  const points = level ? 2 : 1;
  const plot = made("div", { class: "plot", tabindex: 0, role: "group", "aria-roledescription": "chart", "aria-label": `${title}: arrow keys move through the values` });
  const twice = (value) => (level ? [value, value] : [value]);
  const data = [entries.flatMap(({ from, to }) => (level ? [from / 1000, to / 1000 - 0.001] : [from / 1000])),
    ...values.map((value) => entries.flatMap((entry) => twice(value(entry))))];
  let drawn = null;
  const tell = (chart) => {
    const place = chart.cursor.idx;
    const entry = place === null || place === undefined ? null : entries[Math.floor(place / points)];
    said.textContent = entry ? `${when(entry)}: ${words(entry)}` : HINT;
  };
  const draw = () => {
    drawn?.destroy();
    plot.replaceChildren();
    const colors = themed();
    drawn = new uPlot({
      width: plot.clientWidth, height: HEIGHT, legend: { show: false }, padding: [8, 18, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: { x: { range: () => [entries[0].from / 1000, entries.at(-1).to / 1000] }, y: { range: (_, least, most) => [mirrored ? Math.min(-1, least * 1.08) : 0, Math.max(1, most * 1.08)] } },
      axes: [timeAxis(colors), countAxis(colors, level)],
      series: [{}, ...series(colors)], bands: bands?.(colors),
      hooks: { drawClear: [(chart) => hatch(chart, entries, colors)], setCursor: [tell] },
    }, data, plot);
  };
  plot.addEventListener("keydown", (event) => move(event, drawn, entries, points));
  const watcher = new ResizeObserver(() => (drawn ? drawn.setSize({ width: plot.clientWidth, height: HEIGHT }) : draw()));
  watcher.observe(plot);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal });
  signal.addEventListener("abort", () => { watcher.disconnect(); drawn?.destroy(); }, { once: true });
  return [plot, said];
}

export const line = (colors, more) => ({ stroke: colors.accent, width: 2.25, points: { show: false }, ...more });
export const bars = (colors, color = colors.accent) => ({ paths: uPlot.paths.bars({ align: 1, size: [0.8, 60], radius: 0.15 }), fill: color, stroke: color, width: 0, points: { show: false } });

function themed() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(["accent", "second", "band", "soft", "grid", "hatch"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function timeAxis(colors) {
  return {
    stroke: colors.soft, grid: { stroke: colors.grid, width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif", space: 62, size: 26,
    incrs: [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800],
    values: (_, moments, __, ___, step) => moments.map((moment) => label(moment * 1000, step)),
  };
}

function label(moment, step) {
  const time = new Date(moment);
  const midnight = time.getHours() === 0 && time.getMinutes() === 0;
  return midnight || step >= 86_400 ? time.toLocaleString("en-GB", { day: "numeric", month: "short" }) : clock(moment);
}

// What is level is an average, and may lie between two whole numbers.
function countAxis(colors, level) {
  return {
    stroke: colors.soft, grid: { stroke: colors.grid, width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif", size: 34, gap: 4,
    incrs: [...(level ? [0.25, 0.5] : []), 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
    values: (_, counts) => counts.map((count) => Math.abs(count)),
  };
}

// Intervals of which nothing is known are hatched, as in the report.
function hatch(chart, entries, colors) {
  const { ctx, bbox } = chart;
  const cell = document.createElement("canvas");
  cell.width = cell.height = 6 * devicePixelRatio;
  const pen = cell.getContext("2d");
  pen.strokeStyle = colors.hatch;
  pen.globalAlpha = 0.55;
  pen.lineWidth = devicePixelRatio;
  pen.moveTo(0, cell.height);
  pen.lineTo(cell.width, 0);
  pen.stroke();
  ctx.save();
  ctx.fillStyle = ctx.createPattern(cell, "repeat");
  for (const entry of entries) {
    if (entry.coverage) continue;
    const left = chart.valToPos(entry.from / 1000, "x", true), right = chart.valToPos(entry.to / 1000, "x", true);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function move(event, drawn, entries, points) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const place = drawn.cursor.idx ?? null;
  const before = place === null ? (steps[event.key] > 0 ? -1 : entries.length) : Math.floor(place / points);
  const index = Math.min(entries.length - 1, Math.max(0, before + steps[event.key]));
  drawn.setCursor({ left: drawn.valToPos(entries[index].from / 1000, "x") + 1, top: 10 });
}

export function when({ from, to }) {
  const day = { weekday: "short", day: "numeric", month: "short" };
  if (to - from >= 86_400e3) return new Date(from).toLocaleDateString("en-GB", day);
  return `${clock(from, day)}–${clock(to)}`;
}
