// What was counted over time.
import { call, save, unlessNotKept } from "./api.js";
import { bars, chart, line, when } from "./charts.js";
import { INTERVALS, beginning, intervals } from "./counting.js";
import { all } from "./csv.js";
import { SWATCHES, card, choice, counted, decimal, field, made, number, painted, percent, say, swatch, table, worn } from "./parts.js";

const HOUR = 3600e3;
const PERIODS = { 1: "The last hour", 6: "The last 6 hours", 24: "The last day", 168: "The last week", 720: "The last 30 days" };
const USUAL = { 1: 60, 6: 900, 24: 3600, 168: 3600, 720: 86400 };
const MOST_INTERVALS = 800;
const OUTFITS = 8;

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
      result.replaceChildren(...panels({ ...found, wanted, step, until, several: !camera.value && streams.length > 1, signal: now }));
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
  const [windows, { garments, body }, { outfits, notKept }] = await Promise.all([
    length !== null ? all("/api/stats/windows", ofLength, signal) : [],
    call(`/api/stats/clothing?${wanted}`, { signal }),
    unlessNotKept(call(`/api/stats/outfits?${wanted}&limit=${OUTFITS}`, { signal }), (notKept) => ({ outfits: [], notKept })),
  ]);
  return { windows, garments, body, outfits, notKept, ofLength };
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

function panels(found) {
  if (!found.windows.length) return [made("section", { class: "panel" }, made("p", { class: "empty" }, "Nothing was counted in that time."))];
  const entries = intervals(found.windows, Date.parse(found.wanted.get("since")), found.until, found.step);
  return [figures(found, entries), persons(found, entries), visits(found, entries),
    made("div", { class: "two" }, clothing(found), outfits(found))];
}

function figures({ windows }, entries) {
  const cards = { visits: card("Visits"), most: card("Most at once"), mean: card("Persons in view"), coverage: card("Coverage") };
  const fullest = windows.reduce((one, other) => (Number(other.persons_max) > Number(one.persons_max) ? other : one));
  const known = entries.filter((entry) => entry.mean !== null);
  const ended = entries.reduce((sum, entry) => sum + (entry.visits ?? 0), 0);
  const covered = windows.reduce((sum, window) => sum + Number(window["coverage.share"]), 0) / windows.length;
  const busiest = entries.reduce((one, other) => ((other.visits ?? 0) > (one.visits ?? 0) ? other : one));
  cards.visits.tell(number(ended), ended ? `busiest: ${when(busiest)}` : "none has ended");
  cards.most.tell(number(Number(fullest.persons_max)), `persons in view of ${fullest.stream_id}`);
  cards.mean.tell(known.length ? decimal(known.reduce((sum, entry) => sum + entry.mean, 0) / known.length) : "–", "on average, where there was a picture");
  cards.coverage.tell(percent(covered), "of the sampled frames, and of the time");
  return made("dl", { class: "cards" }, ...Object.values(cards).map(({ element }) => element));
}

function panel(title, about, download, ...content) {
  const act = async () => {
    try {
      await save(...download);
    } catch (error) {
      say(error);
    }
  };
  const button = made("button", { type: "button", class: "quiet end", "aria-label": `Save ${title} as CSV`, onclick: act }, "CSV");
  return made("section", { class: "panel" }, made("div", { class: "head" }, made("h2", {}, title), button),
    made("p", { class: "sub" }, about), ...content);
}

function persons({ ofLength, several, signal }, entries) {
  const span = several ? "sum of the cameras' minima to sum of their maxima" : "minimum to maximum";
  const words = (entry) => (entry.mean === null ? "no picture"
    : `${decimal(entry.mean)} on average, ${entry.min} to ${entry.max}, coverage ${percent(entry.coverage)}`);
  const key = made("p", { class: "key", "aria-hidden": "true" }, ...[["mean", "mean"], ["band", span], ["gap", "nothing known"]]
    .map(([kind, text]) => made("span", {}, made("i", { class: `mark ${kind}` }), text)));
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

function visits({ wanted, step, signal }, entries) {
  const each = INTERVALS[step / 1000].replace(/^1 /, "");
  const drawn = chart({
    title: `Visits per ${each}`, entries, signal, values: [(entry) => entry.visits], series: (colors) => [bars(colors)],
    words: (entry) => (entry.visits === null ? "nothing known" : `${counted(entry.visits, "visit")} ended, coverage ${percent(entry.coverage)}`),
  });
  return panel(`Visits per ${each}`, "By the moment they ended", [`/api/stats/visits?${wanted}&limit=10000&format=csv`, "visits.csv"], ...drawn);
}

function clothing({ garments, body, wanted }) {
  const sum = (colors) => Object.values(colors).reduce((all, count) => all + count, 0);
  const ranked = (parts) => Object.entries(parts).map(([part, colors]) => [part, colors, sum(colors)]).sort((one, other) => other[2] - one[2]);
  const rows = [...ranked(body), ...ranked(garments)];
  const most = Math.max(1, ...rows.map(([, , total]) => total));
  const said = made("p", { class: "said", role: "status" });
  const present = Object.keys(SWATCHES).filter((color) => rows.some(([, colors]) => colors[color]));
  const lines = rows.map(([part, colors, total]) => {
    const pieces = present.filter((color) => colors[color]).map((color) => {
      const piece = painted(made("i", { title: `${part} ${color}: ${counted(colors[color], "visit")}` }, made("b", {}, colors[color])), color);
      piece.style.width = `${(colors[color] / most) * 100}%`;
      piece.addEventListener("mouseenter", () => { said.textContent = piece.title; });
      return piece;
    });
    return made("div", { class: "garment" }, made("span", {}, part), made("span", { class: "stack" }, ...pieces), made("span", { class: "n" }, number(total)));
  });
  const cells = rows.flatMap(([part, colors]) => present.filter((color) => colors[color]).map((color) =>
    made("tr", {}, made("td", {}, part), made("td", {}, swatch(color), color), made("td", { class: "n" }, number(colors[color])))));
  return panel("Clothing", "Visits by what covers upper and lower body, by garment as far as it can be told, and by colour", [`/api/stats/clothing?${wanted}&format=csv`, "clothing.csv"],
    made("p", { class: "key", "aria-hidden": "true" }, ...present.map((color) => made("span", {}, swatch(color), color))),
    rows.length ? made("div", { role: "img", "aria-label": "Visits by garment and colour; the numbers are in the table below" }, ...lines)
      : made("p", { class: "empty" }, "No visit has ended in that time."),
    said,
    made("details", {}, made("summary", {}, "Clothing as a table"), table("Clothing", [["Garment"], ["Colour"], ["Visits", "n"]], cells)));
}

function outfits({ outfits: found, notKept, wanted }) {
  const most = Math.max(1, ...found.map((outfit) => outfit.visits));
  const items = found.map((outfit) => {
    const bar = made("i");
    bar.style.width = `${(outfit.visits / most) * 100}%`;
    const clothes = [outfit.upper, outfit.lower].filter(Boolean).map(worn);
    return made("li", {}, made("span", {}, ...clothes), made("span", { class: "meter", "aria-hidden": "true" }, bar), made("strong", { class: "n" }, number(outfit.visits)));
  });
  return panel("Top outfits", "What was worn above and below the waist, by visits", [`/api/stats/outfits?${wanted}&limit=1000&format=csv`, "outfits.csv"],
    items.length ? made("ol", { class: "outfits" }, ...items) : made("p", { class: "empty" }, notKept ?? "No visit has ended in that time."));
}
