// Garments by colour, as stacked bars.
import { call } from "../api.js";
import { SWATCHES, counted, made, number, painted, swatch, table } from "../parts.js";
import { panel } from "./panel.js";

export async function clothing({ wanted, signal }) {
  const { garments, body } = await call(`/api/stats/clothing?${wanted}`, { signal });
  const sum = (colors) => Object.values(colors).reduce((all, count) => all + count, 0);
  const ranked = (parts) => Object.entries(parts).map(([part, colors]) => [part, colors, sum(colors)]).sort((one, other) => other[2] - one[2]);
  const rows = [...ranked(body), ...ranked(garments)];
  const most = Math.max(1, ...rows.map(([, , total]) => total));
  const said = made("p", { class: "said", role: "status" });
  const present = Object.keys(SWATCHES).filter((color) => rows.some(([, colors]) => colors[color]));
  const lines = rows.map(([part, colors, total]) => {
    const pieces = present.filter((color) => colors[color]).map((color) => {
      const piece = painted(made("i", { title: `${part} ${color}: ${counted(colors[color], "visit")}` }, made("b", {}, colors[color])), color);
      piece.style.width = `${(colors[color] / most) * 100}%`;
      piece.addEventListener("mouseenter", () => { said.textContent = piece.title; });
      return piece;
    });
    return made("div", { class: "garment" }, made("span", {}, part), made("span", { class: "stack" }, ...pieces), made("span", { class: "n" }, number(total)));
  });
  const cells = rows.flatMap(([part, colors]) => present.filter((color) => colors[color]).map((color) =>
    made("tr", {}, made("td", {}, part), made("td", {}, swatch(color), color), made("td", { class: "n" }, number(colors[color])))));
  return panel("Clothing", "Visits by what covers upper and lower body, by garment as far as it can be told, and by colour", [`/api/stats/clothing?${wanted}&format=csv`, "clothing.csv"],
    made("p", { class: "key", "aria-hidden": "true" }, ...present.map((color) => made("span", {}, swatch(color), color))),
    rows.length ? made("div", { role: "img", "aria-label": "Visits by garment and colour; the numbers are in the table below" }, ...lines)
      : made("p", { class: "empty" }, "No visit has ended in that time."),
    said,
    made("details", {}, made("summary", {}, "Clothing as a table"), table("Clothing", [["Garment"], ["Colour"], ["Visits", "n"]], cells)));
}
