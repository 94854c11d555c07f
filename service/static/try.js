// A picture of one's own: before and after, what each part is, and a garment in another colour.
import { addressOf, call, fetched, pictureAt, send } from "./api.js";
import { compared } from "./compare.js";
import { SWATCHES, choice, counted, dropping, field, made, number, percent, say, swatch, table } from "./parts.js";

const STYLES = { "": "As set", outline: "Outline", tint: "Tint", solid: "Solid", colors: "Named colours" };
const POSTURES = { seated_likely: "likely seated", upright_likely: "likely upright" };

export async function tryIt(main, signal) {
  const file = made("input", { type: "file", accept: "image/*", id: "file", class: "unseen" });
  const drop = made("div", { class: "drop" }, made("span", {}, "Drop a picture here"), file,
    made("label", { class: "button main", for: "file" }, "Choose a picture"));
  const style = choice(STYLES, ""), parser = choice({ "": "The active one" }, "");
  const options = made("div", { class: "row" }, field("Overlay", style, "style"), field("Parser", parser, "parser"));
  const result = made("section", { "aria-live": "polite" });
  main.append(made("h1", {}, "Try it"),
    made("p", { class: "sub" }, "The picture stays in this service, and what is made of it is forgotten after a while."),
    made("section", { class: "panel" }, drop, options), result);

  let picture = null;
  const take = async (given) => {
    picture = given;
    result.replaceChildren(made("p", { class: "empty" }, "Looking …"));
    try {
      say(null);
      await parse(result, { picture, style: style.value, parser: parser.value, signal });
    } catch (error) {
      result.replaceChildren();
      if (!signal.aborted) say(error);
    }
  };
  file.addEventListener("change", () => file.files[0] && take(file.files[0]));
  for (const one of [style, parser]) one.addEventListener("change", () => picture && take(picture));
  dropping(drop, ([picture]) => take(picture));
  await offered(options, parser, take, signal);
}

// Parsers that are loaded, and cameras whose newest picture may be taken.
async function offered(options, parser, take, signal) {
  const [{ models }, { streams }] = await Promise.all([call("/api/models", { signal }), call("/api/streams", { signal })]);
  for (const model of models.filter(({ loaded }) => loaded)) parser.append(made("option", { value: model.name }, model.name));
  for (const { id } of streams) {
    const use = async () => {
      try {
        await take(await (await fetched(`/api/streams/${encodeURIComponent(id)}/snapshot.jpg?overlay=none`, { signal })).blob());
      } catch (error) {
        say(error);
      }
    };
    options.append(made("button", { type: "button", onclick: use }, `Newest picture of ${id}`));
  }
}

async function parse(result, { picture, style, parser, signal }) {
  const form = new FormData();
  form.append("image", picture);
  form.append("masks", "rle");
  if (style) form.append("overlay", style);
  if (parser) form.append("parser", parser);
  const seen = await call("/api/parse", { method: "POST", body: form, signal });
  const view = compared(addressOf(picture, signal), await pictureAt(seen.colored_mask_url, signal), seen);
  const drawn = made("a", { class: "button", href: view.after.src, download: "parsed.jpg" }, "Save the drawn picture");
  result.replaceChildren(
    made("section", { class: "panel" },
      made("div", { class: "head" }, made("h2", {}, counted(seen.person_count, "person")), made("span", { class: "sub end" },
        `${seen.width}×${seen.height} pixels, parsed by ${seen.model} ${seen.parser.version} in ${seen.parser.precision}`)),
      made("div", { class: "looked" },
        made("div", {}, view.element, view.slider, made("div", { class: "row" }, drawn)),
        made("div", {}, ...persons(seen, view))),
      made("details", {}, made("summary", {}, "Every part as a table"), parts(seen, view))),
    recoloring({ picture, parser, signal }, seen));
}

function persons(seen, view) {
  if (!seen.persons.length) return [made("p", { class: "empty" }, "Nobody was found in this picture.")];
  return seen.persons.map((person) => {
    const more = [`${percent(person.score)} sure`];
    if (person.sleeves !== "unknown") more.push(`sleeves ${person.sleeves}`);
    if (person.trousers !== "unknown") more.push(`trousers ${person.trousers}`);
    if (person.posture && person.posture.value in POSTURES) more.push(`${POSTURES[person.posture.value]} (${percent(person.posture.confidence)})`);
    const rows = person.garments.map((garment) => partRow(garment, person, seen, view));
    return made("div", { class: "person" }, made("h3", {}, `Person #${person.person_id}`), made("p", { class: "sub" }, more.join(" · ")),
      ...(rows.length ? rows : [made("p", { class: "empty" }, "No garment could be told.")]));
  });
}

// A garment, which lights up in the picture while it is pointed at. A shoe may be two segments: left and right.
function partRow(garment, person, seen, view) {
  const numbers = seen.segments.flatMap((segment, index) =>
    (segment.person_id === person.person_id && segment.label.replace(/^(left|right)-/, "") === garment.part ? [index + 1] : []));
  const bar = made("i");
  bar.style.width = percent(garment.confidence).replace(" ", "");
  const row = made("button", { type: "button", class: "part", title: "How far to trust the colour" },
    made("span", {}, swatch(garment.color), `${garment.color} ${garment.part}`), made("span", { class: "meter", "aria-hidden": "true" }, bar),
    made("span", { class: "n" }, percent(garment.confidence)));
  lighting(row, view, numbers);
  return row;
}

function lighting(element, view, numbers) {
  for (const name of ["mouseenter", "focus"]) element.addEventListener(name, () => view.light(numbers));
  for (const name of ["mouseleave", "blur"]) element.addEventListener(name, () => view.light([]));
}

function parts(seen, view) {
  const rows = seen.segments.map((segment, index) => {
    const row = made("tr", {}, made("td", {}, `#${segment.person_id}`), made("td", {}, segment.label),
      made("td", {}, ...(segment.color ? [swatch(segment.color), segment.color] : ["–"])),
      made("td", { class: "n" }, segment.color ? percent(segment.color_confidence) : "–"),
      made("td", { class: "n" }, percent(segment.confidence)), made("td", { class: "n" }, number(segment.pixel_count)));
    lighting(row, view, [index + 1]);
    return row;
  });
  return table("Parts", [["Person"], ["Part"], ["Colour"], ["Colour sure", "n"], ["Person sure", "n"], ["Pixels", "n"]], rows);
}

function recoloring({ picture, parser, signal }, seen) {
  const worn = seen.persons.flatMap((person) => person.garments.map((garment) => ({ ...garment, person: person.person_id })));
  if (!worn.length) return made("span");
  const garments = choice(Object.fromEntries(worn.map(({ person, part, color }) => [`${person} ${part}`, `#${person} ${color} ${part}`])), "");
  const own = made("input", { type: "color", value: "#00a0a0" });
  const result = made("div", { "aria-live": "polite" });
  const recolor = async (color) => {
    const [person_id, part] = garments.value.split(" ");
    try {
      say(null);
      const content = { image: await inBase64(picture), part, color, person_id: Number(person_id), ...(parser ? { parser } : {}) };
      const done = await send("/api/recolor", content);
      const after = await pictureAt(done.image_url, signal);
      // Through the middle of who wears it, so that both colours are seen.
      const [left, , right] = seen.persons.find((person) => person.person_id === Number(person_id)).box;
      const edge = Math.round((100 * (left + right)) / 2 / seen.width);
      const view = compared(addressOf(picture, signal), after, null, "In another colour", edge);
      result.replaceChildren(made("h3", {}, `#${person_id} ${part}, now ${color}`), view.element, view.slider,
        made("div", { class: "row" }, made("a", { class: "button", href: after, download: "recoloured.jpg" }, "Save the picture")));
    } catch (error) {
      if (!signal.aborted) say(error);
    }
  };
  own.addEventListener("change", () => recolor(own.value));
  const palette = Object.keys(SWATCHES).filter((name) => name !== "unknown")
    .map((color) => made("button", { type: "button", onclick: () => recolor(color) }, swatch(color), color));
  return made("section", { class: "panel" }, made("h2", {}, "Another colour"),
    made("p", { class: "sub" }, "Folds and shadows stay as they are."),
    made("div", { class: "row" }, field("Garment", garments, "garment"), field("A colour of your own", own, "own")),
    made("div", { class: "row palette" }, ...palette), result);
}

function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
