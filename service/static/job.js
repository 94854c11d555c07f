// The page of a job: how far it is, and what it has made.
import { call, keyOf, onNewKey, pictureAt, save } from "./api.js";
import { FINAL, KINDS, factsOf, pathOf } from "./jobs.js";
import { clock, duration, made, number, percent, say } from "./parts.js";

const id = decodeURIComponent(location.pathname.split("/").pop());
const WORDS = {
  accepted: "It waits for its turn.", running: "It is being worked off.", done: "It is done.", failed: "It could not be done.",
  cancelled: "It was cancelled.",
};
const NAMES = {
  result: "Result as JSON", events: "Events, one a line", overlay: "Drawn video", report: "Report", "label-maps": "Label maps",
  parts: "Label map: parts", persons: "Label map: persons",
};
const ENDINGS = {
  "application/json": "json", "application/x-ndjson": "jsonl", "text/html": "html", "video/mp4": "mp4", "application/zip": "zip",
  "image/jpeg": "jpg", "image/png": "png",
};
const left = new AbortController();
const page = layout();
let ended = false;

function layout() {
  const main = document.getElementById("main");
  const title = made("h1", {}, "Job"), badge = made("span", { class: "badge" }), about = made("p", { class: "sub", role: "status" });
  const bar = made("i"), meter = made("div", { class: "meter", "aria-hidden": "true" }, bar);
  const facts = made("dl", { class: "facts large" });
  const cancel = made("button", { type: "button", onclick: () => act(() => call(pathOf({ id }), { method: "DELETE" })) }, "Cancel");
  const operated = made("div", { class: "row", hidden: true }, cancel);
  const results = made("section", { class: "panel", hidden: true });
  main.append(title, about,
    made("section", { class: "panel" }, made("div", { class: "head" }, made("h2", {}, "How far it is"), badge), meter, facts, operated),
    results);
  return { title, badge, about, bar, facts, operated, results };
}

async function act(work) {
  try {
    say(null);
    await work();
  } catch (error) {
    say(error);
  }
}

function watch() {
  const key = keyOf();
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/jobs/${encodeURIComponent(id)}`;
  const socket = new WebSocket(address, key ? ["footfall", `key.${key}`] : ["footfall"]);
  socket.addEventListener("message", (message) => show(JSON.parse(message.data).data));
  // Where sockets do not come through, and after a restart, it asks instead.
  socket.addEventListener("close", () => { if (!ended) setTimeout(ask, 1000); });
}

async function ask() {
  try {
    const job = await call(pathOf({ id }));
    say(null);
    show(job);
    if (!ended) watch();
  } catch (error) {
    say(error);
    // The service is away for a moment.
    if (error instanceof TypeError) setTimeout(ask, 2000);
  }
}

function show(job) {
  page.title.textContent = job.kind === "recording" ? "A recording" : "Pictures";
  document.title = `Footfall: ${job.kind}, ${job.state}`;
  page.about.textContent = [WORDS[job.state], ...factsOf(job).slice(0, 2)].join(" · ");
  page.badge.textContent = job.state;
  page.badge.className = `badge ${KINDS[job.state]}`;
  page.bar.style.width = `${(job.state === "done" ? 1 : job.progress.share ?? 0) * 100}%`;
  page.facts.replaceChildren(...numbersOf(job).map(([name, value]) => made("div", {}, made("dt", {}, name), made("dd", {}, value))));
  page.operated.hidden = FINAL.includes(job.state);
  if (job.problem) say(job.problem);
  if (job.state === "done" && !ended) act(() => offer(job));
  ended = FINAL.includes(job.state);
}

function numbersOf(job) {
  const { share, pictures, visits, media_s: media, duration_s: whole } = job.progress;
  const found = [["Done", share === null ? "–" : percent(share)], ["Pictures", number(pictures)]];
  if (job.kind === "recording") {
    const seen = media === null ? "–" : duration(media);
    found.push(["Visits", number(visits)], ["Of the recording", whole === null ? seen : `${seen} of ${duration(whole)}`]);
  }
  if (job.expires_at) found.push(["Kept until", clock(job.expires_at, { day: "numeric", month: "short" })]);
  return found;
}

// What is to be looked at is shown, and everything can be saved.
async function offer(job) {
  const video = job.files.find((file) => file.media_type === "video/mp4");
  const drawn = job.files.filter((file) => file.kind === "overlay" && file.media_type === "image/jpeg");
  const gallery = made("div", { class: "made" });
  const others = job.files.filter((file) => !drawn.includes(file));
  page.results.replaceChildren(made("h2", {}, "Results"), ...(video ? [await player(video)] : []), gallery,
    made("ul", { class: "files" }, ...others.map((file) => made("li", {}, link(file)))));
  page.results.hidden = false;
  for (const file of drawn) {
    const image = made("img", { src: await shown(file), alt: `Picture ${file.picture + 1}, with persons, garments and colours drawn upon it` });
    gallery.append(made("figure", {}, image, made("figcaption", {}, `Picture ${file.picture + 1}`)));
  }
}

async function player(file) {
  const words = "The recording, with persons, garments and colours drawn upon it";
  return made("video", { src: await shown(file), controls: true, playsinline: true, "aria-label": words });
}

// A browser sends no key with the address of a picture or video.
async function shown(file) {
  return keyOf() ? pictureAt(file.url, left.signal) : file.url;
}

function link(file) {
  const name = `${file.kind}${file.picture === null ? "" : `-${file.picture + 1}`}.${ENDINGS[file.media_type] ?? "bin"}`;
  const words = [NAMES[file.kind] + (file.picture === null ? "" : `, picture ${file.picture + 1}`), made("small", {}, size(file.bytes))];
  if (file.kind === "report" && !keyOf()) return made("a", { class: "button", href: file.url, target: "_blank", rel: "noopener" }, ...words);
  return made("button", { type: "button", onclick: () => act(() => save(file.url, name)) }, ...words);
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

onNewKey(ask);
ask();
