// The page: which part is shown, and how the API is asked.
import { live } from "./live.js";
import { tryIt } from "./try.js";
import { models } from "./models.js";
import { trends } from "./trends.js";

const KEY = "footfall-key";
const pages = { live, trends, try: tryIt, models };
const main = document.getElementById("main");
const problem = document.getElementById("problem");
const keyForm = document.getElementById("key");

// Ends what the page before has going on.
let leave = new AbortController();

export class ApiError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export async function fetched(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = sessionStorage.getItem(KEY);
  if (key) headers.set("Authorization", `Bearer ${key}`);
  const answer = await fetch(path, { ...options, headers });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ code: 0, message: `the answer was ${answer.status}` }));
  if (answer.status === 401) askForKey();
  throw new ApiError(told.code, told.message);
}

export async function call(path, options) {
  return (await (await fetched(path, options)).json()).data;
}

export function send(path, content, method = "POST") {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method, headers, body: JSON.stringify(content) });
}

// An element: made("p", { class: "sub" }, "words", other).
export function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) element.addEventListener(attribute.slice(2), value);
    else if (value === true) element.setAttribute(attribute, "");
    else if (value !== false && value !== null) element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}

export const SWATCHES = {
  black: "#191b20", white: "#ffffff", grey: "#8e949c", red: "#cf2e2e", orange: "#f28c28", yellow: "#f4d03f", green: "#2c7d43",
  blue: "#2b5fc7", purple: "#7a45b3", pink: "#f29cbe", brown: "#7b4b2a", beige: "#dfcaa5", unknown: "#c3c8cf",
};

export function swatch(color) {
  const square = made("span", { class: "swatch", "aria-hidden": "true" });
  square.style.background = SWATCHES[color] ?? "transparent";
  return square;
}

export function say(error) {
  problem.textContent = error ? error.message : "";
  problem.hidden = !error;
}

function askForKey() {
  keyForm.hidden = false;
}

keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, keyForm.elements["key-text"].value);
  keyForm.hidden = true;
  show();
});

async function show() {
  leave.abort();
  leave = new AbortController();
  const name = location.hash.slice(1) in pages ? location.hash.slice(1) : "live";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  say(null);
  main.replaceChildren();
  try {
    await pages[name](main, leave.signal);
  } catch (error) {
    if (!leave.signal.aborted) say(error);
  }
}

window.addEventListener("hashchange", show);
show();
