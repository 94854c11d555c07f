// What all pages are made of: elements, swatches, words.

// An element: made("p", { class: "sub" }, "words", other).
export function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) element.addEventListener(attribute.slice(2), value);
    else if (value === true) element.setAttribute(attribute, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}

export const SWATCHES = {
  black: "#0b0c0f", white: "#ffffff", grey: "#8e949c", red: "#cf2e2e", orange: "#f28c28", yellow: "#f4d03f", green: "#2c7d43",
  blue: "#2b5fc7", purple: "#7a45b3", pink: "#f29cbe", brown: "#7b4b2a", beige: "#dfcaa5", unknown: "#c3c8cf",
};
const ON_DARK = ["black", "red", "green", "blue", "purple", "brown"];

// Gives an element the colour of that name; `unknown` is hatched, so that it is not taken for one.
export function painted(element, color) {
  if (color === "unknown") element.classList.add("c-unknown");
  else element.style.background = SWATCHES[color] ?? "transparent";
  element.style.color = ON_DARK.includes(color) ? "#ffffff" : color === "unknown" ? "inherit" : "#14171c";
  return element;
}

export function swatch(color) {
  return painted(made("span", { class: "swatch", "aria-hidden": "true" }), color);
}

export function worn({ color, part }) {
  return made("span", { class: "worn" }, swatch(color), `${color} ${part}`);
}

export function card(title) {
  const value = made("dd", { class: "value" }, "–"), note = made("dd", { class: "note" });
  return {
    element: made("div", { class: "card" }, made("dt", {}, title), value, note),
    tell(text, more = "") {
      if (value.textContent !== text) value.textContent = text;
      if (note.textContent !== more) note.textContent = more;
    },
  };
}

export function field(name, control, id) {
  control.id = id;
  return made("div", { class: "field" }, made("label", { for: id }, name), control);
}

export function choice(options, chosen) {
  const pairs = Array.isArray(options) ? options.map((value) => [value, value]) : Object.entries(options);
  return made("select", {}, ...pairs.map(([value, words]) => made("option", { value, selected: value === chosen }, words)));
}

export function table(about, heads, rows) {
  const head = made("tr", {}, ...heads.map(([words, kind]) => made("th", { scope: "col", class: kind ?? null }, words)));
  return made("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": about },
    made("table", {}, made("thead", {}, head), made("tbody", {}, ...rows)));
}

export const number = (value) => value.toLocaleString("en");
export const percent = (share) => `${Math.round(share * 100)} %`;
export const counted = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

export function decimal(value) {
  return value >= 10 || Number.isInteger(value) ? Math.round(value).toString() : value.toFixed(1);
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function clock(moment, more = {}) {
  return new Date(moment).toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit", ...more });
}

// Calls `take(files)` with what is dropped on an element.
export function dropping(place, take) {
  place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
}

const problem = document.getElementById("problem");

export function say(error) {
  problem.textContent = error ? error.message : "";
  problem.hidden = !error;
}
