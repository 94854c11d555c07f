// What was counted over time.
import { SWATCHES, call, fetched, made, say, swatch } from "./page.js";

const HOURS = { "The last hour": 1, "The last 6 hours": 6, "The last day": 24, "The last week": 168 };
const BARS = 24;

export async function trends(main, signal) {
  const period = made("select", { id: "period" }, ...Object.entries(HOURS).map(([name, hours]) => made("option", { value: hours, selected: hours === 24 }, name)));
  const camera = made("select", { id: "camera" }, made("option", { value: "" }, "All cameras"));
  const { streams } = await call("/api/streams");
  for (const stream of streams) camera.append(made("option", { value: stream.id }, stream.id));
  const csv = made("button", { type: "button", onclick: () => save(query()) }, "Save as CSV");
  const result = made("div", {});
  main.append(made("h1", {}, "Trends"),
    made("div", { class: "row" }, made("label", { for: "period" }, "Period"), period, made("label", { for: "camera" }, "Camera"), camera, csv), result);

  function query() {
    const since = new Date(Date.now() - period.value * 3600e3).toISOString();
    const wanted = new URLSearchParams({ since });
    if (camera.value) wanted.set("stream", camera.value);
    return wanted;
  }
  async function tell() {
    try {
      say(null);
      const wanted = query();
      const windows = await all(wanted);
      const { garments } = await call(`/api/stats/clothing?${wanted}`);
      if (!signal.aborted) result.replaceChildren(...panels(windows, garments, Date.parse(wanted.get("since"))));
    } catch (error) {
      if (!signal.aborted) say(error);
    }
  }
  for (const choice of [period, camera]) choice.addEventListener("change", tell);
  await tell();
}

// All windows of the shortest length that there is.
async function all(wanted) {
  const found = [];
  let next = null;
  do {
    const page = await call(`/api/stats/windows?${wanted}&limit=5000${next ? `&after=${encodeURIComponent(next)}` : ""}`);
    found.push(...page.windows);
    next = page.next;
  } while (next);
  const shortest = Math.min(...found.map((window) => window.window_s));
  return found.filter((window) => window.window_s === shortest);
}

async function save(wanted) {
  try {
    const table = await (await fetched(`/api/stats/windows?${wanted}&limit=10000&format=csv`)).blob();
    const link = made("a", { href: URL.createObjectURL(table), download: "windows.csv" });
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    say(error);
  }
}

function panels(windows, garments, since) {
  if (!windows.length) return [made("p", { class: "empty" }, "No window has closed in that time.")];
  const bars = summed(windows, since);
  return [
    chart("Persons", "In a frame, on average; the pale part is the most at once", bars, (bar) => bar.mean, (bar) => bar.most),
    chart("Visits", "That ended", bars, (bar) => bar.visits, (bar) => bar.visits),
    clothing(garments),
  ];
}

function summed(windows, since) {
  const now = Date.now(), step = (now - since) / BARS;
  const bars = Array.from({ length: BARS }, (_, index) => ({ from: since + index * step, to: since + (index + 1) * step, sum: 0, count: 0, most: 0, visits: 0, seen: 0 }));
  for (const window of windows) {
    const bar = bars[Math.min(BARS - 1, Math.max(0, Math.floor((Date.parse(window.window_start) - since) / step)))];
    bar.count += 1;
    bar.sum += window.persons_mean;
    bar.most = Math.max(bar.most, window.persons_max);
    bar.visits += window.visits_ended;
    bar.seen += window.coverage.share;
  }
  for (const bar of bars) {
    bar.mean = bar.count ? bar.sum / bar.count : 0;
    bar.share = bar.count ? bar.seen / bar.count : 0;
  }
  return bars;
}

function chart(title, about, bars, value, top) {
  const highest = Math.max(1e-9, ...bars.map(top));
  const said = made("p", { class: "sub", role: "status" }, `At most ${round(highest)}`);
  const plot = made("div", { class: "bars" });
  for (const bar of bars) {
    const words = `${clock(bar.from)} to ${clock(bar.to)}: ${bar.count ? `${round(value(bar))}${top(bar) === value(bar) ? "" : `, at most ${round(top(bar))}`}, coverage ${Math.round(bar.share * 100)} %` : "nothing was counted"}`;
    const pale = made("i", { class: "pale" }), full = made("i", {});
    pale.style.height = `${(top(bar) / highest) * 100}%`;
    full.style.height = `${(value(bar) / highest) * 100}%`;
    const column = made("button", { type: "button", "aria-label": words }, pale, full);
    for (const name of ["mouseenter", "focus"]) column.addEventListener(name, () => { said.textContent = words; });
    plot.append(column);
  }
  const ends = made("div", { class: "ends" }, made("span", {}, clock(bars[0].from)), made("span", {}, clock(bars.at(-1).to)));
  return made("section", { class: "panel" }, made("h2", {}, title), made("p", { class: "sub" }, about), said, plot, ends);
}

function clothing(garments) {
  const panel = made("section", { class: "panel" }, made("h2", {}, "Clothing"), made("p", { class: "sub" }, "Visits by garment and its colour"));
  const totals = Object.entries(garments).map(([part, colors]) => [part, colors, Object.values(colors).reduce((sum, count) => sum + count, 0)]);
  const most = Math.max(1, ...totals.map(([, , total]) => total));
  if (!totals.length) panel.append(made("p", { class: "empty" }, "No visit has ended in that time."));
  for (const [part, colors, total] of totals.sort((one, other) => other[2] - one[2])) {
    const stack = made("div", { class: "stack", role: "img", "aria-label": Object.entries(colors).map(([color, count]) => `${count} ${color}`).join(", ") });
    for (const color of Object.keys(SWATCHES).filter((name) => colors[name])) {
      const piece = made("i", { title: `${colors[color]} ${color}` });
      piece.style.background = SWATCHES[color];
      piece.style.width = `${(colors[color] / most) * 100}%`;
      stack.append(piece);
    }
    panel.append(made("div", { class: "garment" }, made("span", {}, part), stack, made("span", { class: "n" }, total)));
  }
  panel.append(made("p", { class: "sub" }, ...Object.keys(SWATCHES).flatMap((color) => [swatch(color), `${color}  `])));
  return panel;
}

function round(value) {
  return value >= 10 || Number.isInteger(value) ? Math.round(value).toString() : value.toFixed(1);
}

function clock(moment) {
  return new Date(moment).toLocaleString("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
}
