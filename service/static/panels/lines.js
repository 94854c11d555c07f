// Who came in and went out over lines, by interval.
import { bars, chart } from "../charts.js";
import { grouped, perOf } from "../counting.js";
import { all } from "../csv.js";
import { made, number, table } from "../parts.js";
import { chosen, legend, panel } from "./panel.js";

const COUNTS = ["came_in", "went_out", "staff_in", "staff_out", "uncertain_in", "uncertain_out"];

export async function lines({ ofLength, step, several, signal }, entries) {
  const rows = await all("/api/stats/windows/lines.csv", ofLength, signal);
  if (!rows.length) return null;
  const found = grouped(rows, "line", entries, several, (sum, row) => { for (const name of COUNTS) sum[name] = (sum[name] ?? 0) + Number(row[name]); });
  const each = perOf(step);
  const { choices, place } = chosen("Line", [...found.keys()], (name) => drawnOf(name, found.get(name), entries, signal));
  const total = (sums, name) => number(sums.reduce((all, sum) => all + (sum?.[name] ?? 0), 0));
  const body = [...found].map(([name, sums]) => made("tr", {}, made("td", {}, name), ...COUNTS.slice(0, 4).map((count) => made("td", { class: "n" }, total(sums, count))),
    made("td", { class: "n" }, `${total(sums, "uncertain_in")} / ${total(sums, "uncertain_out")}`)));
  const heads = [["Line"], ["In", "n"], ["Out", "n"], ["Of these staff in", "n"], ["Staff out", "n"], ["Uncertain in / out", "n"]];
  return panel(`In and out per ${each}`, "Crossings of lines by confirmed tracks. Uncertain ones, of tracks that began or were lost at the line, are beside these numbers and not in them",
    [`/api/stats/windows/lines.csv?${ofLength}&limit=10000`, "lines.csv"],
    ...choices, legend(["bar", "in"], ["bar second", "out"]), place, table("Lines", heads, body));
}

function drawnOf(name, sums, entries, signal) {
  const of = (count, sign) => (entry) => (entry.windows ? sign * (sums[entries.indexOf(entry)]?.[count] ?? 0) : null);
  return chart({
    title: `In and out at ${name}`, entries, signal, mirrored: true, values: [of("came_in", 1), of("went_out", -1)],
    series: (colors) => [bars(colors), bars(colors, colors.second)],
    words: (entry) => (entry.windows ? `${number(of("came_in", 1)(entry))} in, ${number(of("went_out", 1)(entry))} out` : "nothing known"),
  });
}
