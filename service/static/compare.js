// Two pictures of the same size, one over the other, with an edge between them that is moved by mouse, finger or arrow keys.
import { made, percent } from "./parts.js";

// At first the edge is at `edge`, in percent from the left.
export function compared(before, after, seen, name = "Parsed", edge = 50) {
  const drawn = made("img", { class: "after", src: after, alt: `${name}: the same picture` });
  const canvas = made("canvas", { "aria-hidden": "true" });
  const cut = made("div", { class: "cut" }), tip = made("div", { class: "tip", hidden: true });
  const element = made("div", { class: "compare" }, made("img", { src: before, alt: "The original" }), drawn, canvas,
    made("span", { class: "side left", "aria-hidden": "true" }, "Original"), made("span", { class: "side right", "aria-hidden": "true" }, name), cut, tip);
  const slider = made("input", { type: "range", class: "slider", min: 0, max: 100, value: edge, "aria-label": "How much of the original is seen, in percent" });
  const move = () => {
    drawn.style.clipPath = `inset(0 0 0 ${slider.value}%)`;
    cut.style.left = `${slider.value}%`;
  };
  slider.addEventListener("input", move);
  move();
  dragging(element, (share) => { slider.value = share * 100; move(); });
  const light = seen ? pointing(element, canvas, tip, seen) : () => {};
  return { element, slider, light, after: drawn };
}

function dragging(element, moved) {
  const at = (event) => {
    const area = element.getBoundingClientRect();
    moved(Math.min(1, Math.max(0, (event.clientX - area.left) / area.width)));
  };
  element.addEventListener("pointerdown", (event) => {
    // A finger that scrolls the page takes the pointer back.
    element.setPointerCapture(event.pointerId);
    at(event);
  });
  element.addEventListener("pointermove", (event) => { if (element.hasPointerCapture(event.pointerId)) at(event); });
}

// What lies under the pointer is lit and named. Returns what lights segments by their numbers, from 1.
function pointing(element, canvas, tip, seen) {
  const map = mapOf(seen);
  canvas.width = seen.width;
  canvas.height = seen.height;
  const light = (numbers) => paint(canvas, map, new Set(numbers));
  element.addEventListener("pointermove", (event) => {
    const area = element.getBoundingClientRect();
    const left = event.clientX - area.left, top = event.clientY - area.top;
    const column = Math.floor((left / area.width) * seen.width), row = Math.floor((top / area.height) * seen.height);
    const number = map[row * seen.width + column] ?? 0;
    if (tip.dataset.number !== String(number)) {
      tip.dataset.number = number;
      light(number ? [number] : []);
      tip.hidden = !number;
      if (number) tip.textContent = words(seen.segments[number - 1]);
    }
    tip.style.left = `${Math.max(4, Math.min(left + 14, area.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(4, top - 38)}px`;
  });
  element.addEventListener("pointerleave", () => { tip.hidden = true; tip.dataset.number = 0; light([]); });
  return light;
}

function words(segment) {
  const color = segment.color ? `, ${segment.color} (${percent(segment.color_confidence)} sure)` : "";
  return `#${segment.person_id} ${segment.label}${color}, person ${percent(segment.confidence)}`;
}

// For each pixel the number of its segment, counted from 1; 0 is none. Masks come as COCO's run lengths, column by column.
function mapOf(seen) {
  const map = new Uint16Array(seen.width * seen.height);
  seen.segments.forEach((segment, index) => {
    let place = 0;
    segment.mask.counts.forEach((run, turn) => {
      for (let step = place; turn % 2 && step < place + run; step++) {
        map[(step % seen.height) * seen.width + Math.floor(step / seen.height)] = index + 1;
      }
      place += run;
    });
  });
  return map;
}

function paint(canvas, map, numbers) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!numbers.size) return;
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  // What is meant is left as it is, the rest is darkened.
  for (let place = 0; place < map.length; place++) if (!numbers.has(map[place])) pixels[place] = 0x90000000;
  context.putImageData(image, 0, 0);
}
