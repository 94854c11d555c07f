// A picture of one's own: before and after, what each part is, and a garment in another colour.
import { SWATCHES, call, fetched, made, say, send, swatch } from "./page.js";

export async function tryIt(main, signal) {
  const file = made("input", { type: "file", accept: "image/*", id: "file" });
  const drop = made("label", { class: "drop", for: "file" }, made("strong", {}, "Drop a picture here, or choose one"), file);
  const cameras = made("span", {});
  const result = made("section", { "aria-live": "polite" });
  main.append(
    made("h1", {}, "Try it"),
    made("p", { class: "sub" }, "The picture stays in this service, and what is made of it is forgotten after a while."),
    made("section", { class: "panel" }, drop, made("div", { class: "row" }, cameras)),
    result,
  );
  const take = async (picture) => {
    result.replaceChildren(made("p", { class: "empty" }, "Looking …"));
    try {
      say(null);
      await parse(result, picture, signal);
    } catch (error) {
      result.replaceChildren();
      say(error);
    }
  };
  file.addEventListener("change", () => file.files[0] && take(file.files[0]));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  const { streams } = await call("/api/streams");
  for (const stream of streams) {
    const path = `/api/streams/${encodeURIComponent(stream.id)}/snapshot.jpg?overlay=false`;
    const use = async () => {
      try {
        await take(await (await fetched(path)).blob());
      } catch (error) {
        say(error);
      }
    };
    cameras.append(made("button", { type: "button", onclick: use }, `Take the newest of ${stream.id}`), " ");
  }
}

async function parse(result, picture, signal) {
  const form = new FormData();
  form.append("image", picture);
  form.append("masks", "rle");
  const seen = await call("/api/parse", { method: "POST", body: form, signal });
  const before = URL.createObjectURL(picture);
  const after = await address(seen.colored_mask_url);
  const view = compared(before, after, seen);
  const persons = seen.person_count === 1 ? "1 person" : `${seen.person_count} persons`;
  result.replaceChildren(
    made("section", { class: "panel" },
      made("h2", {}, persons),
      made("p", { class: "sub" }, `${seen.width}×${seen.height} pixels, parsed by ${seen.model} ${seen.parser.version} in ${seen.parser.precision}`),
      view.element, view.slider,
      made("h3", {}, "Parts"), parts(seen, view)),
    recoloring(picture, seen, view),
  );
}

async function address(path) {
  return URL.createObjectURL(await (await fetched(path)).blob());
}

function compared(before, after, seen) {
  const drawn = made("img", { class: "after", src: after, alt: "The same with persons, garments and colours drawn upon it" });
  const canvas = made("canvas", { "aria-hidden": "true" });
  const cut = made("div", { class: "cut" });
  const tip = made("div", { class: "tip", hidden: true });
  const element = made("div", { class: "compare" }, made("img", { src: before, alt: "The picture as it was sent" }), drawn, canvas, cut, tip);
  const slider = made("input", { type: "range", class: "slider", min: 0, max: 100, value: 0, "aria-label": "How much of the original is seen, in percent" });
  const move = () => {
    drawn.style.clipPath = `inset(0 0 0 ${slider.value}%)`;
    cut.style.left = `${slider.value}%`;
  };
  slider.addEventListener("input", move);
  move();
  canvas.width = seen.width;
  canvas.height = seen.height;
  const map = mapOf(seen);
  const light = (number) => paint(canvas, map, number);
  element.addEventListener("pointermove", (event) => point(event, element, map, seen, tip, light));
  element.addEventListener("pointerleave", () => { tip.hidden = true; light(0); });
  return { element, slider, light, show(source) { drawn.src = source; slider.value = 50; move(); } };
}

// For each pixel the number of its segment, counted from 1; 0 is none.
function mapOf(seen) {
  const map = new Uint16Array(seen.width * seen.height);
  seen.segments.forEach((segment, index) => {
    let place = 0;
    segment.mask.counts.forEach((run, turn) => {
      if (turn % 2) {
        for (let step = place; step < place + run; step++) {
          map[(step % seen.height) * seen.width + Math.floor(step / seen.height)] = index + 1;
        }
      }
      place += run;
    });
  });
  return map;
}

function paint(canvas, map, number) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!number) return;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let place = 0; place < map.length; place++) {
    if (map[place] === number) image.data.set([255, 255, 255, 120], place * 4);
  }
  context.putImageData(image, 0, 0);
}

function point(event, element, map, seen, tip, light) {
  const area = element.getBoundingClientRect();
  const left = event.clientX - area.left, top = event.clientY - area.top;
  const column = Math.floor((left / area.width) * seen.width), row = Math.floor((top / area.height) * seen.height);
  const number = map[row * seen.width + column] ?? 0;
  if (tip.dataset.number !== String(number)) {
    tip.dataset.number = number;
    light(number);
    tip.hidden = !number;
    if (number) tip.textContent = words(seen.segments[number - 1]);
  }
  tip.style.left = `${Math.min(left + 14, area.width - tip.offsetWidth - 4)}px`;
  tip.style.top = `${Math.max(4, top - 34)}px`;
}

function words(segment) {
  const color = segment.color ? `, ${segment.color} (${percent(segment.color_confidence)})` : "";
  return `#${segment.person_id} ${segment.label}${color}`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

function parts(seen, view) {
  const body = made("tbody");
  seen.segments.forEach((segment, index) => {
    const row = made("tr", { tabindex: 0 },
      made("td", {}, `#${segment.person_id}`), made("td", {}, segment.label),
      made("td", {}, ...(segment.color ? [swatch(segment.color), segment.color] : ["–"])),
      made("td", { class: "n" }, segment.color ? percent(segment.color_confidence) : "–"),
      made("td", { class: "n" }, percent(segment.confidence)), made("td", { class: "n" }, segment.pixel_count.toLocaleString("en")));
    const on = () => { row.classList.add("lit"); view.light(index + 1); };
    const off = () => { row.classList.remove("lit"); view.light(0); };
    for (const name of ["mouseenter", "focus"]) row.addEventListener(name, on);
    for (const name of ["mouseleave", "blur"]) row.addEventListener(name, off);
    body.append(row);
  });
  const names = [["Person", ""], ["Part", ""], ["Colour", ""], ["Colour sure", "n"], ["Person sure", "n"], ["Pixels", "n"]];
  const head = made("tr", {}, ...names.map(([name, kind]) => made("th", { scope: "col", class: kind }, name)));
  return made("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Parts" }, made("table", {}, made("thead", {}, head), body));
}

function recoloring(picture, seen, view) {
  const worn = seen.persons.flatMap((person) => person.garments.map((garment) => ({ ...garment, person: person.person_id })));
  if (!worn.length) return made("span");
  const choice = made("select", { id: "garment" });
  for (const garment of worn) {
    choice.append(made("option", { value: `${garment.person} ${garment.part}` }, `#${garment.person} ${garment.part} (${garment.color})`));
  }
  const palette = made("div", { class: "palette" });
  for (const color of Object.keys(SWATCHES).filter((name) => name !== "unknown")) {
    palette.append(made("button", { type: "button", onclick: () => recolor(color) }, swatch(color), color));
  }
  async function recolor(color) {
    const [person, part] = choice.value.split(" ");
    try {
      say(null);
      const image = await inBase64(picture);
      const done = await send("/api/recolor", { image, part, color, person_id: Number(person) });
      view.light(0);
      view.show(await address(done.image_url));
      view.element.scrollIntoView({ block: "nearest" });
    } catch (error) {
      say(error);
    }
  }
  return made("section", { class: "panel" }, made("h2", {}, "Another colour"),
    made("div", { class: "row" }, made("label", { for: "garment" }, "Garment"), choice), made("div", { class: "row" }, palette));
}

function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
