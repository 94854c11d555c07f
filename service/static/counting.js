// From windows to what charts show: one entry an interval, also where nothing was counted.
export const INTERVALS = { 60: "1 minute", 300: "5 minutes", 900: "15 minutes", 3600: "1 hour", 86400: "1 day" };

// As in "per hour"; the step is in milliseconds.
export const perOf = (step) => INTERVALS[step / 1000].replace(/^1 /, "");

// Where intervals begin: at whole ones of this browser's time zone.
export function beginning(moment, step) {
  const zone = new Date(moment).getTimezoneOffset() * 60e3;
  return Math.floor((moment - zone) / step) * step + zone;
}

export function intervals(windows, since, until, step) {
  const made = [];
  for (let from = beginning(since, step); from < until; from += step) made.push({ from, to: from + step, streams: new Map(), visits: 0, staff: 0, groups: 0, grouped: 0 });
  for (const window of windows) {
    const into = made[placeOf(window, made)];
    if (into) note(into, window);
  }
  return made.map(summed);
}

// Of each line or zone by its name, the sums of its rows in every interval: `add(sum, row)` adds to what is an empty object at first.
export function grouped(rows, what, entries, several, add) {
  const found = new Map();
  for (const row of rows) {
    const name = several ? `${row[what]} (${row.stream_id})` : row[what];
    if (!found.has(name)) found.set(name, []);
    const sums = found.get(name), place = placeOf(row, entries);
    if (entries[place]) add(sums[place] ??= {}, row);
  }
  return found;
}

function placeOf(window, entries) {
  return entries.length ? Math.floor((Date.parse(window.window_start) - entries[0].from) / (entries[0].to - entries[0].from)) : -1;
}

function note(into, window) {
  const known = into.streams.get(window.stream_id) ?? { windows: 0, covered: 0, mean: 0, min: Infinity, max: 0 };
  const share = Number(window["coverage.share"]);
  known.windows += 1;
  known.covered += share;
  // A window without pictures says nothing about persons.
  known.mean += share * Number(window.persons_mean);
  if (share) known.min = Math.min(known.min, Number(window.persons_min));
  known.max = Math.max(known.max, Number(window.persons_max));
  into.visits += Number(window.visits_ended);
  into.staff += Number(window.staff_ended);
  into.groups += Number(window.groups_ended);
  into.grouped += Number(window.grouped_ended);
  into.streams.set(window.stream_id, known);
}

function summed({ from, to, streams, visits, staff, groups, grouped }) {
  const seen = [...streams.values()].filter((stream) => stream.covered);
  const total = (value) => (seen.length ? seen.reduce((sum, stream) => sum + value(stream), 0) : null);
  const windows = [...streams.values()].reduce((sum, stream) => sum + stream.windows, 0);
  const covered = [...streams.values()].reduce((sum, stream) => sum + stream.covered, 0);
  const known = (count) => (windows ? count : null);
  return {
    from, to, windows, visits: known(visits), staff: known(staff), groups: known(groups), grouped: known(grouped), coverage: windows ? covered / windows : null,
    mean: total((stream) => stream.mean / stream.covered), min: total((stream) => stream.min), max: total((stream) => stream.max),
    most: Math.max(0, ...[...streams.values()].map((stream) => stream.max)),
  };
}
