// Parsers: which are loaded, which is in use, and how two of them agree.
import { call, made, say, send } from "./page.js";

export async function models(main, signal) {
  main.append(made("h1", {}, "Models"), made("p", { class: "sub" }, "The active one parses cameras, and pictures that name no other."));
  const list = made("section", { class: "panel" });
  main.append(list);
  const act = async (work) => {
    try {
      say(null);
      for (const button of list.querySelectorAll("button")) button.disabled = true;
      await work();
    } catch (error) {
      say(error);
    }
    if (!signal.aborted) await tell();
  };
  async function tell() {
    const { models: all, trial } = await call("/api/models");
    const body = made("tbody");
    for (const model of all) body.append(rowOf(model, act));
    const names = ["Name", "State", "Version", "Computes in", "A picture", ""];
    const head = made("tr", {}, ...names.map((name) => made("th", { scope: "col" }, name)));
    list.replaceChildren(made("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Models" }, made("table", {}, made("thead", {}, head), body)));
    list.append(...trialOf(trial));
  }
  await tell();
}

function rowOf(model, act) {
  const path = `/api/models/${encodeURIComponent(model.name)}`;
  const button = (words, work) => made("button", { type: "button", onclick: () => act(work) }, words);
  const actions = model.active ? [] : model.loaded
    ? [button("Use it", () => send(`${path}/switch`, {})), " ", button("Try on a tenth", () => send(`${path}/share`, { share: 0.1 })), " ",
       button("Unload", () => call(path, { method: "DELETE" }))]
    : [button("Load", () => send("/api/models", { name: model.name }))];
  const state = model.active ? "active" : model.loaded ? "loaded" : "not loaded";
  return made("tr", {}, made("td", {}, made("strong", {}, model.name)),
    made("td", {}, made("span", { class: `badge ${model.active ? "good" : model.loaded ? "warn" : ""}` }, state)),
    made("td", {}, model.parser?.version ?? "–"), made("td", {}, model.parser?.precision ?? "–"),
    made("td", {}, model.mean_s ? `${Math.round(model.mean_s * 1000)} ms` : "–"),
    made("td", {}, ...actions));
}

function trialOf(trial) {
  if (!trial) return [];
  const compared = trial.compared
    ? `Of ${trial.compared} pictures that both have parsed, ${Math.round(trial.same_count * 100)} % have the same number of persons, and `
      + `${Math.round(trial.same_pixels * 100)} % of the persons' pixels the same part.`
    : "No picture has been parsed by both yet.";
  return [made("h3", {}, "Trial"), made("p", { class: "sub" },
    `${trial.model} gets ${Math.round(trial.share * 100)} % of the pictures that name no parser: ${trial.requests} so far. ${compared}`)];
}
