// Cameras as they are now.
import { call, fetched, made, say } from "./page.js";

const STATES_MS = 1000;
const PICTURE_MS = 500;
const LOST = { lost: "has no signal", failed: "has ended before its end", restarting: "begins again after a fault" };
const KINDS = { live: "good", running: "good", connecting: "warn", stalled: "warn", restarting: "warn", lost: "bad", failed: "bad", interrupted: "bad", ended: "" };

export async function live(main, signal) {
  const banner = made("div", { role: "status" });
  const grid = made("div", { class: "cameras" });
  const empty = made("p", { class: "empty", hidden: true }, "There is no camera. Name some in the settings, or add one by the API.");
  main.append(made("h1", {}, "Live"), banner, empty, grid);
  const cards = new Map();

  async function look() {
    const { streams } = await call("/api/streams");
    empty.hidden = streams.length > 0;
    const here = new Set(streams.map((stream) => stream.id));
    for (const [id, card] of cards) if (!here.has(id)) { card.element.remove(); cards.delete(id); }
    for (const stream of streams) {
      if (!cards.has(stream.id)) {
        const card = cardOf(stream.id);
        cards.set(stream.id, card);
        grid.append(card.element);
      }
      cards.get(stream.id).tell(stream);
    }
    warn(banner, streams);
    say(null);
  }

  await look();
  every(STATES_MS, signal, look);
  every(PICTURE_MS, signal, () => Promise.all([...cards.values()].map((card) => card.draw())));
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

function cardOf(id) {
  const picture = made("img", { alt: `The newest picture of ${id}, with persons drawn upon it` });
  const badge = made("span", { class: "badge" });
  const source = made("span", { class: "sub" });
  const values = Object.fromEntries(["People now", "Visits", "Newest picture"].map((name) => [name, made("dd", {}, "–")]));
  const facts = made("dl", { class: "facts" });
  for (const [name, value] of Object.entries(values)) facts.append(made("div", {}, made("dt", {}, name), value));
  const element = made("article", { class: "panel" }, picture, made("div", { class: "head" }, made("h2", {}, id), badge, source), facts);
  let age = null;
  return {
    element,
    tell(stream) {
      badge.textContent = stream.status;
      badge.className = `badge ${KINDS[stream.status] ?? ""}`;
      source.textContent = stream.source;
      values["People now"].textContent = stream.persons;
      values.Visits.textContent = stream.visits;
      age = stream.last_frame_age_s;
      values["Newest picture"].textContent = age === null ? "none" : age < 1 ? "now" : `${Math.round(age)} s ago`;
    },
    async draw() {
      if (age === null) return;
      try {
        const answer = await fetched(`/api/streams/${encodeURIComponent(id)}/snapshot.jpg?width=960`);
        const address = URL.createObjectURL(await answer.blob());
        picture.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
        picture.src = address;
      } catch {
        // Its state says what is wrong.
      }
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
