// How the API is asked: with the key that the user has given, and errors as they are told.
const KEY = "footfall-key";
const keyForm = document.getElementById("key");

export function keyOf() {
  return sessionStorage.getItem(KEY);
}

export async function fetched(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = keyOf();
  if (key) headers.set("Authorization", `Bearer ${key}`);
  const answer = await fetch(path, { ...options, headers });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ message: `the answer was ${answer.status}` }));
  if (answer.status === 401) keyForm.hidden = false;
  throw Object.assign(new Error(told.message), { code: told.code, status: answer.status });
}

export async function call(path, options) {
  return (await (await fetched(path, options)).json()).data;
}

// What was asked for, or what `instead` makes of the words where the settings keep no such events.
const NOT_KEPT = 1204;

export async function unlessNotKept(asked, instead) {
  try {
    return await asked;
  } catch (error) {
    if (error.code !== NOT_KEPT) throw error;
    return instead(error.message);
  }
}

export function send(path, content) {
  return call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });
}

// A picture or video as an address for an element. It is given back when the page is left.
export async function pictureAt(path, signal) {
  return addressOf(await (await fetched(path, { signal })).blob(), signal);
}

export function addressOf(blob, signal) {
  const address = URL.createObjectURL(blob);
  signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
  return address;
}

// The answer, and where it is a table that comes in pages, all of them.
export async function* pagesOf(path, options) {
  let next = null;
  do {
    const answer = await fetched(next ? `${path}&after=${encodeURIComponent(next)}` : path, options);
    yield answer;
    next = answer.headers.get("X-Next");
  } while (next);
}

// A table that comes in pages is saved whole.
export async function save(path, name) {
  const pages = [];
  for await (const answer of pagesOf(path)) {
    const page = await answer.blob();
    // Each page begins with the names of its columns.
    pages.push(pages.length ? page.slice((await page.text()).indexOf("\n") + 1) : page);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(pages, { type: pages[0].type }));
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Calls `take(kind, event)` for each event; comes back by itself until the signal.
export async function listen(path, signal, take) {
  let last = "from-the-beginning";
  while (!signal.aborted) {
    try {
      const answer = await fetched(path, { signal, headers: { "Last-Event-ID": last } });
      for await (const block of blocks(answer.body)) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
        if (!fields.data) continue;
        last = fields.id;
        take(fields.event, JSON.parse(fields.data));
      }
    } catch (error) {
      if (signal.aborted || error.status) return;
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
}

async function* blocks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    yield* parts;
  }
}

export function onNewKey(work) {
  keyForm.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, keyForm.elements["key-text"].value);
    keyForm.elements["key-text"].value = "";
    keyForm.hidden = true;
    work();
  });
}
