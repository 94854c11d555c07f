// Who was in zones, and for how long.
import { chart, line } from "../charts.js";
import { grouped } from "../counting.js";
import { all } from "../csv.js";
import { decimal, duration, made, number, table } from "../parts.js";
import { chosen, panel } from "./panel.js";

export async function zones({ ofLength, several, signal }, entries) {
  const rows = await all("/api/stats/windows/zones.csv", ofLength, signal);
  if (!rows.length) return null;
  const found = grouped(rows, "zone", entries, several, add);
  const { choices, place } = chosen("Zone", [...found.keys()], (name) => drawnOf(name, found.get(name), entries, signal));
  const body = [...found].map(([name, sums]) => {
    const all = sums.filter(Boolean).reduce((one, other) => merged(one, other), empty());
    const cells = [number(all.entries), decimal(all.covered ? all.mean / all.covered : 0), number(all.most), typical(all), all.longest === null ? "–" : duration(all.longest)];
    return made("tr", {}, made("td", {}, name), ...cells.map((cell) => made("td", { class: "n" }, cell)));
  });
  const heads = [["Zone"], ["Entries", "n"], ["Persons on average", "n"], ["At most", "n"], ["Typical stay", "n"], ["Nine of ten stays under", "n"]];
  return panel("Zones", "Persons in a zone at a time, and how long they stayed. Stays over more than one window are estimated from the windows' medians; the longest nine-tenths of any window is shown",
    [`/api/stats/windows/zones.csv?${ofLength}&limit=10000`, "zones.csv"],
    ...choices, place, table("Zones", heads, body));
}

const empty = () => ({ entries: 0, ended: 0, covered: 0, mean: 0, most: 0, stays: 0, dwell: 0, longest: null });

function add(sum, row) {
  const share = Number(row["coverage.share"]), ended = row.dwell_median_s === "" ? 0 : Number(row.ended);
  Object.assign(sum, merged({ ...empty(), ...sum }, {
    entries: Number(row.entries), ended: Number(row.ended), covered: share, mean: share * Number(row.occupancy_mean), most: Number(row.occupancy_max),
    stays: ended, dwell: ended * Number(row.dwell_median_s), longest: row.dwell_p90_s === "" ? null : Number(row.dwell_p90_s),
  }));
}

function merged(one, other) {
  const longest = [one.longest, other.longest].filter((value) => value !== null);
  const sum = Object.fromEntries(["entries", "ended", "covered", "mean", "stays", "dwell"].map((name) => [name, one[name] + other[name]]));
  return { ...sum, most: Math.max(one.most, other.most), longest: longest.length ? Math.max(...longest) : null };
}

const typical = ({ stays, dwell }) => (stays ? duration(dwell / stays) : "–");

function drawnOf(name, sums, entries, signal) {
  const sum = (entry) => sums[entries.indexOf(entry)];
  const mean = (entry) => (sum(entry)?.covered ? sum(entry).mean / sum(entry).covered : null);
  return chart({
    title: `Persons in ${name}`, entries, level: true, signal, values: [mean], series: (colors) => [line(colors)],
    words: (entry) => (mean(entry) === null ? "nothing known"
      : `${decimal(mean(entry))} on average, ${sum(entry).most} at most, ${number(sum(entry).entries)} came in, typical stay ${typical(sum(entry))}`),
  });
}
