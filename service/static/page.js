// Which page is shown.
import { onNewKey } from "./api.js";
import { say } from "./parts.js";
import { jobs } from "./jobs.js";
import { live } from "./live.js";
import { models } from "./models.js";
import { trends } from "./trends.js";
import { tryIt } from "./try.js";

const pages = { live, trends, try: tryIt, jobs, models };
const main = document.getElementById("main");

// Ends what the page before has going on.
let leave = new AbortController();

async function show() {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const name = location.hash.slice(1) in pages ? location.hash.slice(1) : "live";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (link.hash === `#${name}`) document.title = `Footfall: ${link.textContent}`;
  }
  say(null);
  main.replaceChildren();
  try {
    await pages[name](main, signal);
  } catch (error) {
    if (!signal.aborted) say(error);
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  // The place in the address says which page is shown.
  event.preventDefault();
  main.focus();
});
onNewKey(show);
window.addEventListener("hashchange", show);
show();
