// Tables as the API sends them (RFC 4180), as objects by the names of their columns.
import { pagesOf } from "./api.js";

export function read(text) {
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let place = 0; place < text.length; place++) {
    const letter = text[place];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[place + 1] === '"') { cell += '"'; place++; } else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ",") { row.push(cell); cell = ""; }
    else if (letter === "\n") { row.push(cell); rows.push(row); row = []; cell = ""; }
    else if (letter !== "\r") cell += letter;
  }
  const [names, ...rest] = rows;
  return rest.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])));
}

// All pages of a table.
export async function all(path, wanted, signal) {
  const found = [], form = path.endsWith(".csv") ? {} : { format: "csv" };
  const query = new URLSearchParams({ ...Object.fromEntries(wanted), ...form, limit: 10_000 });
  for await (const answer of pagesOf(`${path}?${query}`, { signal })) found.push(...read(await answer.text()));
  return found;
}
