// Pictures and recordings that are worked off later: send, watch, cancel.
import { call } from "./api.js";
import { clock, counted, dropping, made, percent, say } from "./parts.js";

const AGAIN_MS = 2000;
export const KINDS = { accepted: "idle", running: "warn", done: "good", failed: "bad", cancelled: "idle" };
export const FINAL = ["done", "failed", "cancelled"];

export async function jobs(main, signal) {
  const file = made("input", { type: "file", id: "recording", class: "unseen", accept: "video/*,image/*", multiple: true });
  const list = made("div", {});
  const drop = made("div", { class: "drop" }, made("span", {}, "Drop a recording here, or several pictures"), file,
    made("label", { class: "button main", for: "recording" }, "Choose files"));
  main.append(made("h1", {}, "Jobs"),
    made("p", { class: "sub" }, "Recordings and pictures are worked off beside the cameras, also after a restart, and forgotten when they expire."),
    made("section", { class: "panel" }, drop), list);
  async function tell() {
    const { jobs: found } = await call("/api/jobs?limit=50", { signal });
    const focused = document.activeElement?.dataset.job;
    list.replaceChildren(...(found.length ? found.map((job) => panelOf(job, act)) : [made("p", { class: "empty" }, "No job has been sent.")]));
    if (focused) list.querySelector(`[data-job="${CSS.escape(focused)}"]`)?.focus();
  }
  const act = async (work) => {
    try {
      say(null);
      await work();
      await tell();
    } catch (error) {
      if (!signal.aborted) say(error);
    }
  };
  const take = (files) => act(async () => {
    const form = new FormData();
    for (const one of files) form.append(one.type.startsWith("image/") ? "image" : "recording", one);
    file.value = "";
    await call("/api/jobs", { method: "POST", body: form, signal });
  });
  file.addEventListener("change", () => file.files.length && take([...file.files]));
  dropping(drop, take);
  await tell();
  const again = setInterval(() => document.hidden || tell().catch((error) => signal.aborted || say(error)), AGAIN_MS);
  signal.addEventListener("abort", () => clearInterval(again), { once: true });
}

function panelOf(job, act) {
  const bar = made("i");
  bar.style.width = `${(job.progress.share ?? (job.state === "done" ? 1 : 0)) * 100}%`;
  const ended = FINAL.includes(job.state);
  return made("section", { class: "panel" },
    made("div", { class: "head" }, made("h2", {}, job.kind === "recording" ? "A recording" : "Pictures"),
      made("span", { class: `badge ${KINDS[job.state]}` }, job.state)),
    made("p", { class: "sub" }, factsOf(job).join(" · ")),
    ...(job.problem ? [made("p", { class: "notice bad" }, job.problem.message)] : []),
    made("div", { class: "meter", "aria-hidden": "true" }, bar),
    made("div", { class: "row" }, made("a", { class: "button", href: `/jobs/${encodeURIComponent(job.id)}` }, ended ? "Results" : "Watch"),
      made("button", { type: "button", "data-job": job.id, onclick: () => act(() => call(pathOf(job), { method: "DELETE" })) }, ended ? "Forget" : "Cancel")));
}

export const pathOf = (job) => `/api/jobs/${encodeURIComponent(job.id)}`;

export function factsOf(job) {
  const { pictures, share } = job.progress;
  return [`sent ${clock(job.created_at, { day: "numeric", month: "short" })}`, `parsed by ${job.model}`, counted(pictures, "picture"),
    ...(share === null ? [] : [percent(share)])];
}
