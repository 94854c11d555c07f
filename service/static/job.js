// The page of a job: how far it is, and what it has made.
const KEY = "footfall-key";
const id = location.pathname.split("/").pop();
const element = (name) => document.getElementById(name);
const ENDED = new Set(["done", "failed", "cancelled"]);
const WORDS = {
  accepted: "It waits for its turn.", running: "It is being worked off.", done: "It is done.", failed: "It could not be done.",
  cancelled: "It was cancelled.",
};
const NAMES = { result: "Result as JSON", events: "Events, one a line", overlay: "Drawn video", report: "Report", "label-maps": "Label maps" };
let shown = false;

async function fetched(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = sessionStorage.getItem(KEY);
  if (key) headers.set("Authorization", `Bearer ${key}`);
  const answer = await fetch(path, { ...options, headers });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ message: `the answer was ${answer.status}` }));
  element("key").hidden = answer.status !== 401;
  throw new Error(told.message);
}

function say(error) {
  element("problem").textContent = error ? error.message : "";
  element("problem").hidden = !error;
}

function listen() {
  const key = sessionStorage.getItem(KEY);
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/jobs/${encodeURIComponent(id)}`;
  const socket = new WebSocket(address, key ? ["footfall", `key.${key}`] : ["footfall"]);
  socket.addEventListener("message", (message) => show(JSON.parse(message.data).data));
  // Where sockets do not come through, and after a restart, it asks instead.
  socket.addEventListener("close", () => { if (!shown) setTimeout(ask, 1000); });
}

async function ask() {
  try {
    const job = (await (await fetched(`/api/jobs/${encodeURIComponent(id)}`)).json()).data;
    say(null);
    show(job);
    if (!ENDED.has(job.state)) listen();
  } catch (error) {
    say(error);
    // The service is away for a moment.
    if (error instanceof TypeError) setTimeout(ask, 2000);
  }
}

function show(job) {
  element("title").textContent = job.kind === "recording" ? "Recording" : "Pictures";
  document.title = `Footfall: ${job.kind}, ${job.state}`;
  element("about").textContent = `${WORDS[job.state]} Parser ${job.model}.`;
  const { share, pictures, visits, media_s: media } = job.progress;
  const bar = element("progress");
  bar.hidden = ENDED.has(job.state);
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  const facts = [["Pictures", pictures.toLocaleString("en")]];
  if (job.kind === "recording") facts.push(["Visits", visits.toLocaleString("en")], ["Seconds", media === null ? "–" : Math.round(media)]);
  element("facts").replaceChildren(...facts.map(([name, value]) => {
    const pair = document.createElement("div"), term = document.createElement("dt"), told = document.createElement("dd");
    term.textContent = name;
    told.textContent = value;
    pair.append(term, told);
    return pair;
  }));
  element("cancel").hidden = ENDED.has(job.state);
  if (job.problem) say(job.problem);
  if (job.state === "done" && !shown) offer(job);
  shown = ENDED.has(job.state);
}

async function offer(job) {
  const list = element("files");
  list.hidden = false;
  list.replaceChildren(...job.files.map(entry));
  const video = job.files.find((file) => file.media_type === "video/mp4");
  if (!video) return;
  // A browser sends no key with the address of a video.
  const source = sessionStorage.getItem(KEY) ? URL.createObjectURL(await (await fetched(video.url)).blob()) : video.url;
  element("video").src = source;
  element("video").hidden = false;
}

function entry(file) {
  const item = document.createElement("li"), link = document.createElement("a");
  const ending = { "application/json": "json", "application/x-ndjson": "jsonl", "text/html": "html", "video/mp4": "mp4", "application/zip": "zip", "image/jpeg": "jpg", "image/png": "png" };
  link.className = "button";
  link.textContent = NAMES[file.kind] + (file.picture === null ? "" : ` ${file.picture + 1}`);
  link.href = file.url;
  if (file.kind === "report") { link.target = "_blank"; link.rel = "noopener"; }
  else link.download = `${file.kind}.${ending[file.media_type] ?? "bin"}`;
  link.addEventListener("click", async (event) => {
    if (!sessionStorage.getItem(KEY)) return;
    event.preventDefault();
    const saved = document.createElement("a");
    saved.href = URL.createObjectURL(await (await fetched(file.url)).blob());
    saved.download = `${file.kind}.${ending[file.media_type] ?? "bin"}`;
    saved.click();
  });
  item.append(link);
  return item;
}

element("key").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, element("key-text").value);
  element("key").hidden = true;
  ask();
});
element("cancel").addEventListener("click", async () => {
  try {
    await fetched(`/api/jobs/${encodeURIComponent(id)}`, { method: "DELETE" });
  } catch (error) {
    say(error);
  }
});
ask();
