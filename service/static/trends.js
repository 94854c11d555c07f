// What was counted over time.
import { call } from "./api.js";
import { INTERVALS, beginning, intervals } from "./counting.js";
import { all } from "./csv.js";
import { choice, field, made, say } from "./parts.js";
import { clothing } from "./panels/clothing.js";
import { figures } from "./panels/figures.js";
import { groups } from "./panels/groups.js";
import { lines } from "./panels/lines.js";
import { outfits } from "./panels/outfits.js";
import { persons } from "./panels/persons.js";
import { visits } from "./panels/visits.js";
import { zones } from "./panels/zones.js";

const HOUR = 3600e3;
const PERIODS = { 1: "The last hour", 6: "The last 6 hours", 24: "The last day", 168: "The last week", 720: "The last 30 days" };
const USUAL = { 1: 60, 6: 900, 24: 3600, 168: 3600, 720: 86400 };
const MOST_INTERVALS = 800;
// Each makes its element of what was asked and of the entries, or none where there is nothing to tell.
const PANELS = [figures, persons, visits, lines, zones, groups, clothing, outfits];

export async function trends(main, signal) {
  const { streams } = await call("/api/streams", { signal });
  const period = choice(PERIODS, String(await longEnough(signal)));
  const camera = choice({ "": "All cameras", ...Object.fromEntries(streams.map(({ id }) => [id, id])) }, "");
  const interval = choice(INTERVALS, "");
  const result = made("div", {}, made("p", { class: "empty" }, "What was counted is being read …"));
  main.append(made("h1", {}, "Trends"),
    made("div", { class: "row" }, field("Period", period, "period"), field("Interval", interval, "interval"), field("Camera", camera, "camera")), result);

  const usual = () => {
    const seconds = period.value * 3600;
    for (const option of interval.options) option.disabled = seconds / option.value > MOST_INTERVALS || option.value > seconds / 2;
    interval.value = USUAL[period.value];
  };
  let stale = new AbortController();
  async function tell() {
    stale.abort();
    stale = new AbortController();
    const now = AbortSignal.any([signal, stale.signal]);
    const step = interval.value * 1000, until = Date.now();
    const wanted = new URLSearchParams({ since: new Date(beginning(until - period.value * HOUR, step)).toISOString() });
    if (camera.value) wanted.set("stream", camera.value);
    try {
      say(null);
      const found = await looked(wanted, Number(interval.value), now);
      const shown = await panels({ ...found, wanted, step, until, several: !camera.value && streams.length > 1, signal: now });
      if (!now.aborted) result.replaceChildren(...shown);
    } catch (error) {
      if (!now.aborted) say(error);
    }
  }
  usual();
  period.addEventListener("change", () => { usual(); tell(); });
  for (const one of [interval, camera]) one.addEventListener("change", tell);
  await tell();
}

// The shortest period that holds everything of the last month; a day where there is nothing.
async function longEnough(signal) {
  const since = new Date(Date.now() - 720 * HOUR).toISOString();
  const { windows } = await call(`/api/stats/windows?since=${since}&limit=1`, { signal });
  const hours = windows.length ? (Date.now() - Date.parse(windows[0].window_start)) / HOUR : 24;
  return Object.keys(PERIODS).find((length) => length >= 0.9 * hours) ?? 720;
}

async function looked(wanted, interval, signal) {
  const length = await lengthFor(wanted, interval, signal);
  const ofLength = new URLSearchParams([...wanted, ...(length ? [["window_s", length]] : [])]);
  return { windows: length !== null ? await all("/api/stats/windows", ofLength, signal) : [], ofLength };
}

// The longest windows that there are, of those that fit into an interval; 0 is windows of all lengths, which are merged and do not overlap.
async function lengthFor(wanted, interval, signal) {
  const { windows } = await call(`/api/stats/windows?${wanted}&limit=200`, { signal });
  if (windows.some((window) => window.min_group > 1)) return 0;
  const there = new Set(windows.map((window) => window.window_s));
  for (const length of [3600, 86_400]) {
    if (there.has(length) || length > interval) continue;
    const { windows: longer } = await call(`/api/stats/windows?${wanted}&limit=1&window_s=${length}`, { signal });
    if (longer.length) there.add(length);
  }
  const fitting = [...there].filter((length) => interval % length === 0);
  return fitting.length ? Math.max(...fitting) : Math.min(...there, Infinity) < Infinity ? Math.min(...there) : null;
}

async function panels(found) {
  if (!found.windows.length) return [made("section", { class: "panel" }, made("p", { class: "empty" }, "Nothing was counted in that time."))];
  const entries = intervals(found.windows, Date.parse(found.wanted.get("since")), found.until, found.step);
  const shown = (await Promise.all(PANELS.map((panel) => panel(found, entries)))).filter(Boolean);
  // The last two are narrow.
  return [...shown.slice(0, -2), made("div", { class: "two" }, ...shown.slice(-2))];
}
