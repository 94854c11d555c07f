// How many are seen at a time.
import { chart, line, when } from "../charts.js";
import { decimal, made, percent, table } from "../parts.js";
import { legend, panel } from "./panel.js";

export function persons({ ofLength, several, signal }, entries) {
  const span = several ? "sum of the cameras' minima to sum of their maxima" : "minimum to maximum";
  const words = (entry) => (entry.mean === null ? "no picture"
    : `${decimal(entry.mean)} on average, ${entry.min} to ${entry.max}, coverage ${percent(entry.coverage)}`);
  const key = legend(["mean", "mean"], ["band", span], ["gap", "nothing known"]);
  const drawn = chart({
    title: "Persons in view", entries, level: true, words, signal,
    values: [(entry) => entry.max, (entry) => entry.min, (entry) => entry.mean],
    series: (colors) => [line(colors, { stroke: "transparent" }), line(colors, { stroke: "transparent" }), line(colors)],
    bands: (colors) => [{ series: [1, 2], fill: colors.band }],
  });
  const rows = entries.filter((entry) => entry.windows).map((entry) => made("tr", {}, made("td", {}, when(entry)),
    ...(entry.mean === null ? ["–", "–", "–"] : [entry.min, decimal(entry.mean), entry.max]).map((value) => made("td", { class: "n" }, value)),
    made("td", { class: "n" }, entry.visits), made("td", { class: "n" }, percent(entry.coverage))));
  const heads = [["When"], ["Minimum", "n"], ["Mean", "n"], ["Maximum", "n"], ["Visits ended", "n"], ["Coverage", "n"]];
  return panel("Persons in view", "How many are seen at a time", [`/api/stats/windows?${ofLength}&limit=10000&format=csv`, "windows.csv"],
    key, ...drawn, made("details", {}, made("summary", {}, "Persons and visits as a table"), table("Persons and visits", heads, rows)));
}
