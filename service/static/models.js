// Parsers: which are loaded, which is in use, and how two of them agree.
import { call, send } from "./api.js";
import { card, choice, decimal, made, percent, say } from "./parts.js";

const AGAIN_MS = 3000;
const SHARES = { 0.05: "5 %", 0.1: "10 %", 0.25: "25 %", 0.5: "50 %" };

export async function models(main, signal) {
  const trial = made("div", {}), list = made("div", { class: "models" });
  main.append(made("h1", {}, "Models"), made("p", { class: "sub" }, "The active one parses cameras, and pictures that name no other."), list, trial);
  const shown = new Map();
  let busy = false;
  const act = async (work) => {
    busy = true;
    for (const button of main.querySelectorAll("button")) button.disabled = true;
    try {
      say(null);
      await work();
    } catch (error) {
      if (!signal.aborted) say(error);
    }
    busy = false;
    if (!signal.aborted) await tell();
  };
  async function tell() {
    const known = await call("/api/models", { signal });
    if (busy) return;
    for (const model of known.models) {
      if (!shown.has(model.name)) {
        shown.set(model.name, panelOf(model.name, act));
        list.append(shown.get(model.name).element);
      }
      shown.get(model.name).tell(model, known.trial);
    }
    trial.replaceChildren(...trialOf(known.trial, known.models.find(({ active }) => active), act));
  }
  await tell();
  const again = setInterval(() => document.hidden || busy || tell().catch((error) => signal.aborted || say(error)), AGAIN_MS);
  signal.addEventListener("abort", () => clearInterval(again), { once: true });
}

function panelOf(name, act) {
  const path = `/api/models/${encodeURIComponent(name)}`;
  const badge = made("span", { class: "badge" }), about = made("p", { class: "sub" });
  const names = ["A picture takes", "Version", "Computes in"];
  const values = Object.fromEntries(names.map((one) => [one, made("dd", {}, "–")]));
  const licence = made("dd", {}, "–");
  const share = choice(SHARES, "0.1");
  share.setAttribute("aria-label", `Share of the pictures for ${name}`);
  const button = (words, work, kind = "") => made("button", { type: "button", class: kind, onclick: () => act(work) }, words);
  const actions = {
    load: button("Load", () => send("/api/models", { name }), "main"),
    use: button("Use it", () => send(`${path}/switch`, {}), "main"),
    share, try: button("Try on that share", () => send(`${path}/share`, { share: Number(share.value) })),
    unload: button("Unload", () => call(path, { method: "DELETE" })),
  };
  const element = made("section", { class: "panel" }, made("div", { class: "head" }, made("h2", {}, name), badge), about,
    made("dl", { class: "facts" }, ...names.map((one) => made("div", {}, made("dt", {}, one), values[one]))),
    made("dl", { class: "facts" }, made("div", {}, made("dt", {}, "Licence"), licence)),
    made("div", { class: "row" }, ...Object.values(actions)));
  return {
    element,
    tell(model, trial) {
      badge.textContent = model.active ? "active" : model.loaded ? "loaded" : "not loaded";
      badge.className = `badge ${model.active ? "good" : model.loaded ? "warn" : "idle"}`;
      about.textContent = model.about;
      licence.textContent = model.licence ?? "not said";
      values["A picture takes"].textContent = model.mean_s ? `${Math.round(model.mean_s * 1000)} ms` : "–";
      values.Version.textContent = model.parser?.version ?? "–";
      values["Computes in"].textContent = model.parser?.precision ?? "–";
      const tried = trial?.model === name;
      const wanted = { load: !model.loaded, use: model.loaded && !model.active, share: model.loaded && !model.active && !tried };
      wanted.try = wanted.share;
      wanted.unload = wanted.use;
      for (const [one, control] of Object.entries(actions)) {
        control.hidden = !wanted[one];
        control.disabled = false;
      }
    },
  };
}

function trialOf(trial, active, act) {
  if (!trial) return [];
  const cards = { requests: card("Pictures it got"), compared: card("Parsed by both"), count: card("Same number of persons"), pixels: card("Same part") };
  cards.requests.tell(String(trial.requests), `${decimal(trial.share * 100)} % of those that name no parser`);
  cards.compared.tell(String(trial.compared), "every tenth of these");
  cards.count.tell(trial.compared ? percent(trial.same_count) : "–", "of the pictures that both have parsed");
  cards.pixels.tell(trial.compared ? percent(trial.same_pixels) : "–", "of the persons' pixels");
  const end = made("button", { type: "button", class: "end", onclick: () => act(() => send(`/api/models/${encodeURIComponent(trial.model)}/share`, { share: 0 })) }, "End the trial");
  return [made("section", { class: "panel" }, made("div", { class: "head" }, made("h2", {}, `Trial: ${trial.model} beside ${active.name}`), end),
    made("dl", { class: "cards" }, ...Object.values(cards).map(({ element }) => element)))];
}
