// What panels of Trends are made of: a title, what it is about, a table to save, and content.
import { save } from "../api.js";
import { made, say } from "../parts.js";

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
