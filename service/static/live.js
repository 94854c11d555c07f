// Cameras as they are now, and who has just been there.
import { call, fetched, listen, unlessNotKept } from "./api.js";
import { card, choice, clock, counted, decimal, duration, field, made, number, say, worn } from "./parts.js";

const STATES_MS = 1000;
const PICTURE_MS = 500;
const TODAY_MS = 10_000;
const VISITS = 12;
const LOST = { lost: "has no signal", failed: "has failed", restarting: "begins again after a fault", stalled: "sends nothing" };
const KINDS = { live: "good", running: "good", connecting: "warn", stalled: "warn", restarting: "warn", lost: "bad", failed: "bad", interrupted: "bad" };
const STYLES = { "": "As set", outline: "Outline", tint: "Tint", solid: "Solid", colors: "Named colours", none: "No overlay" };

export async function live(main, signal) {
  const cards = { now: card("People now"), today: card("Visits today"), cameras: card("Cameras"), frames: card("Frames parsed") };
  const banner = made("div", { role: "status" });
  const style = choice(STYLES, "");
  const grid = made("div", { class: "cameras" });
  const empty = made("p", { class: "empty", hidden: true }, "There is no camera. Name some in the settings, or add one by the API.");
  const visits = feedOf();
  main.append(made("h1", {}, "Live"), banner, made("dl", { class: "cards" }, ...Object.values(cards).map(({ element }) => element)),
    made("div", { class: "row" }, field("Overlay", style, "style")),
    made("div", { class: "watch" }, made("div", {}, empty, grid), visits.element));
  const shown = new Map();
  let today = null, lines = [];

  async function look() {
    const { streams } = await call("/api/streams", { signal });
    empty.hidden = streams.length > 0;
    const here = new Set(streams.map((stream) => stream.id));
    for (const [id, one] of shown) if (!here.has(id)) { one.element.remove(); shown.delete(id); }
    for (const stream of streams) {
      if (!shown.has(stream.id)) {
        shown.set(stream.id, cameraOf(stream.id, style, signal));
        grid.append(shown.get(stream.id).element);
      }
      shown.get(stream.id).tell(stream, today ? today.get(stream.id) ?? 0 : null, lines.filter((line) => line.stream_id === stream.id));
    }
    sum(cards, streams, today);
    warn(banner, streams);
    say(null);
  }

  async function count() {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    try {
      const since = midnight.toISOString();
      const { streams } = await call(`/api/stats/totals?since=${since}`, { signal });
      today = new Map(streams.map((stream) => [stream.stream_id, stream.visits]));
      const asked = call(`/api/stats/crossings?since=${since}`, { signal });
      ({ lines } = await unlessNotKept(asked, () => ({ lines: [] })));
    } catch (error) {
      // Without a store of events nobody knows of earlier runs.
      if (error.status !== 404) throw error;
      today = null;
    }
  }

  await Promise.all([count().catch(() => {}), recent(visits, signal)]);
  await look();
  every(STATES_MS, signal, look);
  every(TODAY_MS, signal, count);
  every(PICTURE_MS, signal, () => Promise.all([...shown.values()].map((one) => one.draw())));
  listen("/api/events?kind=visit&kind=window", signal, (kind, event) => {
    if (kind === "visit") visits.take(event);
    else shown.get(event.stream_id)?.place(event);
  });
}

// Those that ended before the page was opened.
async function recent(visits, signal) {
  try {
    for (const minutes of [5, 60, 1440]) {
      const since = new Date(Date.now() - minutes * 60e3).toISOString();
      const asked = call(`/api/stats/visits?since=${since}&limit=10000`, { signal });
      const page = await unlessNotKept(asked, (notKept) => { visits.say(notKept); });
      if (!page) return;
      if (page.visits.length < VISITS && minutes < 1440) continue;
      for (const visit of page.visits.slice(-VISITS)) visits.take(visit);
      return;
    }
  } catch {
    // Without a store of events only new ones are told.
  }
}

// Again and again, one after the other, and not while nobody looks.
function every(milliseconds, signal, work) {
  const again = async () => {
    if (signal.aborted) return;
    try {
      if (!document.hidden) await work();
    } catch (error) {
      if (!signal.aborted) say(error);
    }
    setTimeout(again, milliseconds);
  };
  again();
}

function sum(cards, streams, today) {
  const total = (name) => streams.reduce((all, stream) => all + stream[name], 0);
  const seen = streams.filter((stream) => ["live", "running"].includes(stream.status)).length;
  cards.now.tell(number(total("persons")), "in the newest pictures");
  if (today) cards.today.tell(number([...today.values()].reduce((all, visits) => all + visits, 0)), "that ended since midnight");
  else cards.today.tell(number(total("visits")), "since the cameras were added; there is no SQL store");
  cards.cameras.tell(`${seen} of ${streams.length}`, seen === streams.length ? "all send pictures" : "send pictures");
  const dropped = total("frames_dropped");
  cards.frames.tell(number(total("frames_parsed")), dropped ? `${counted(dropped, "frame")} dropped` : "none dropped");
}

function cameraOf(id, style, signal) {
  const picture = made("img", { alt: `The newest picture of ${id}` });
  const over = made("div", { class: "over" }, "No picture yet");
  const seen = made("div", { class: "seen" }, picture, over);
  const badge = made("span", { class: "badge" });
  const source = made("span", { class: "sub" });
  const values = Object.fromEntries(["People now", "Visits today", "Newest picture"].map((name) => [name, made("dd", {}, "–")]));
  const facts = made("dl", { class: "facts large" });
  for (const [name, value] of Object.entries(values)) facts.append(made("div", {}, made("dt", {}, name), value));
  const places = made("ul", { class: "places", "aria-label": `Lines, zones and rooms of ${id}` });
  const element = made("article", { class: "panel" }, seen, made("div", { class: "head" }, made("h2", {}, id), badge, source), facts, places);
  let age = null, crossed = [], newest = { zones: [], rooms: [] };
  const tellPlaces = () => {
    const rows = placesOf(crossed, newest);
    places.hidden = !rows.length;
    if (places.dataset.said === JSON.stringify(rows)) return;
    places.dataset.said = JSON.stringify(rows);
    places.replaceChildren(...rows.map(([name, value, note]) => made("li", {}, made("span", {}, name), made("b", {}, value), made("small", {}, note))));
  };
  return {
    element,
    place(window) {
      // Windows come in several lengths; the shortest tells most of now.
      if (newest.window_s < window.window_s || !(window.zones.length + window.rooms.length)) return;
      newest = window;
      tellPlaces();
    },
    tell(stream, visits, lines) {
      crossed = lines;
      tellPlaces();
      badge.textContent = stream.status;
      badge.className = `badge ${KINDS[stream.status] ?? "idle"}`;
      source.textContent = stream.source;
      values["People now"].textContent = stream.persons;
      values["Visits today"].textContent = number(visits ?? stream.visits);
      age = stream.last_frame_age_s;
      values["Newest picture"].textContent = age === null ? "none" : age < 2 ? "now" : `${duration(age)} ago`;
      const lost = stream.status in LOST;
      seen.classList.toggle("stale", lost);
      over.textContent = lost ? `The camera ${LOST[stream.status]}` : picture.src ? "" : "No picture yet";
    },
    async draw() {
      if (age === null) return;
      const look = style.value ? `&overlay=${style.value}` : "";
      try {
        const answer = await fetched(`/api/streams/${encodeURIComponent(id)}/snapshot.jpg?width=1280${look}`, { signal });
        const address = URL.createObjectURL(await answer.blob());
        picture.addEventListener("load", () => {
          URL.revokeObjectURL(address);
          if (!seen.classList.contains("stale")) over.textContent = "";
        }, { once: true });
        picture.src = address;
      } catch {
        // Its state says what is wrong.
      }
    },
  };
}

function placesOf(lines, { zones, rooms, window_s: length }) {
  return [
    ...lines.map(({ line, came_in: came, went_out: went }) => [line, `${number(came)} in, ${number(went)} out`, "today"]),
    ...zones.map(({ zone, occupancy_mean: mean, occupancy_max: most }) => [zone, decimal(mean), `on average, ${number(most)} at most, in ${duration(length)}`]),
    ...rooms.map(({ room, inside }) => [room, number(inside), "inside: in less out, so it drifts"]),
  ];
}

function feedOf() {
  const list = made("ol", { class: "feed" });
  // The listener begins with all that the service still knows.
  const known = new Set();
  const empty = made("p", { class: "empty" }, "A visit is told here when it has ended.");
  const element = made("section", { class: "panel" }, made("h2", {}, "Latest visits"), empty, list);
  return {
    element,
    say(words) { empty.textContent = words; },
    take(visit) {
      if (known.has(visit.event_id)) return;
      known.add(visit.event_id);
      empty.hidden = true;
      const outfit = visit.outfit.length ? visit.outfit.map(worn) : [made("span", { class: "none" }, "nothing recognised")];
      const today = new Date(visit.event_time).toDateString() === new Date().toDateString();
      const when = clock(visit.event_time, { second: "2-digit", ...(today ? {} : { day: "numeric", month: "short" }) });
      const row = made("li", { "data-ended": visit.event_time }, made("div", { class: "sub" }, made("span", {}, `${when} · ${visit.stream_id} #${visit.track_id}`),
        made("span", {}, duration(visit.duration_s))), made("div", {}, ...outfit));
      // They come by camera, and those of before come again.
      const ended = Date.parse(visit.event_time);
      list.insertBefore(row, [...list.children].find((other) => Date.parse(other.dataset.ended) <= ended) ?? null);
      while (list.children.length > VISITS) list.lastChild.remove();
    },
  };
}

function warn(banner, streams) {
  const lines = streams
    .filter((stream) => stream.status in LOST || stream.problem)
    .map((stream) => `${stream.id} ${LOST[stream.status] ?? "cannot run"}${stream.problem ? `: ${stream.problem}` : ""}`);
  if (banner.dataset.said === lines.join("\n")) return;
  banner.dataset.said = lines.join("\n");
  banner.replaceChildren(...lines.map((line) => made("p", { class: "notice bad" }, line)));
}
