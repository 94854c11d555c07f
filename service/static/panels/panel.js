// What panels of Trends are made of: a title, what it is about, a table to save, and content.
import { save } from "../api.js";
import { choice, field, made, say } from "../parts.js";

export function panel(title, about, download, ...content) {
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

// What the marks in a chart stand for.
export function legend(...marks) {
  return made("p", { class: "key", "aria-hidden": "true" }, ...marks.map(([kind, text]) => made("span", {}, made("i", { class: `mark ${kind}` }), text)));
}

// A place for what `draw` makes of the name that is chosen, and the choice where there is one.
export function chosen(word, names, draw) {
  const place = made("div", {}), which = choice(names, names[0]);
  const show = () => place.replaceChildren(...draw(which.value));
  which.addEventListener("change", show);
  show();
  return { place, choices: names.length > 1 ? [made("div", { class: "row" }, field(word, which, word.toLowerCase()))] : [] };
}
