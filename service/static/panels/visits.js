// Visits by interval, with and without staff.
import { bars, chart } from "../charts.js";
import { perOf } from "../counting.js";
import { counted, percent } from "../parts.js";
import { legend, panel } from "./panel.js";

export function visits({ wanted, step, signal }, entries) {
  const each = perOf(step);
  const staff = entries.some((entry) => entry.staff);
  const key = staff ? [legend(["bar", "all"], ["bar second", "of these, staff"])] : [];
  const ofStaff = (entry) => (staff ? `, ${entry.staff} of staff` : "");
  const drawn = chart({
    title: `Visits per ${each}`, entries, signal,
    values: [(entry) => entry.visits, ...(staff ? [(entry) => entry.staff] : [])],
    series: (colors) => [bars(colors), ...(staff ? [bars(colors, colors.second)] : [])],
    words: (entry) => (entry.visits === null ? "nothing known"
      : `${counted(entry.visits, "visit")} ended${ofStaff(entry)}, coverage ${percent(entry.coverage)}`),
  });
  const about = staff ? "By the moment they ended; who is staff is told by clothes or by where they began, as the settings say" : "By the moment they ended";
  return panel(`Visits per ${each}`, about, [`/api/stats/visits?${wanted}&limit=10000&format=csv`, "visits.csv"], ...key, ...drawn);
}
