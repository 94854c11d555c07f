// What was worn together.
import { call, unlessNotKept } from "../api.js";
import { made, number, worn } from "../parts.js";
import { panel } from "./panel.js";

const OUTFITS = 8;

export async function outfits({ wanted, signal }) {
  const asked = call(`/api/stats/outfits?${wanted}&limit=${OUTFITS}`, { signal });
  const { outfits: found, notKept } = await unlessNotKept(asked, (notKept) => ({ outfits: [], notKept }));
  const most = Math.max(1, ...found.map((outfit) => outfit.visits));
  const items = found.map((outfit) => {
    const bar = made("i");
    bar.style.width = `${(outfit.visits / most) * 100}%`;
    const clothes = [outfit.upper, outfit.lower].filter(Boolean).map(worn);
    return made("li", {}, made("span", {}, ...clothes), made("span", { class: "meter", "aria-hidden": "true" }, bar), made("strong", { class: "n" }, number(outfit.visits)));
  });
  return panel("Top outfits", "What was worn above and below the waist, by visits", [`/api/stats/outfits?${wanted}&limit=1000&format=csv`, "outfits.csv"],
    items.length ? made("ol", { class: "outfits" }, ...items) : made("p", { class: "empty" }, notKept ?? "No visit has ended in that time."));
}
