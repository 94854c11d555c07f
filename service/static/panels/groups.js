// Who came in together: shops count buying groups.
import { bars, chart } from "../charts.js";
import { perOf } from "../counting.js";
import { counted, number } from "../parts.js";
import { panel } from "./panel.js";

export function groups({ ofLength, step, signal }, entries) {
  const total = (name) => entries.reduce((sum, entry) => sum + (entry[name] ?? 0), 0);
  if (!total("groups")) return null;
  const each = perOf(step);
  const drawn = chart({
    title: `Groups per ${each}`, entries, signal, values: [(entry) => entry.groups], series: (colors) => [bars(colors)],
    words: (entry) => (entry.groups === null ? "nothing known" : `${counted(entry.groups, "group")} of ${number(entry.grouped)} persons together`),
  });
  const about = `${counted(total("groups"), "group")} of ${number(total("grouped"))} persons together. Estimated: from who came at one time and stayed near each other`;
  return panel(`Groups per ${each}`, about, [`/api/stats/windows?${ofLength}&limit=10000&format=csv`, "windows.csv"], ...drawn);
}
