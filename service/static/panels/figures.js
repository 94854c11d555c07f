// The figures above the panels.
import { when } from "../charts.js";
import { card, decimal, made, number, percent } from "../parts.js";

export function figures({ windows }, entries) {
  const cards = { visits: card("Visits"), most: card("Most at once"), mean: card("Persons in view"), coverage: card("Coverage") };
  const fullest = windows.reduce((one, other) => (Number(other.persons_max) > Number(one.persons_max) ? other : one));
  const known = entries.filter((entry) => entry.mean !== null);
  const ended = entries.reduce((sum, entry) => sum + (entry.visits ?? 0), 0);
  const covered = windows.reduce((sum, window) => sum + Number(window["coverage.share"]), 0) / windows.length;
  const busiest = entries.reduce((one, other) => ((other.visits ?? 0) > (one.visits ?? 0) ? other : one));
  cards.visits.tell(number(ended), ended ? `busiest: ${when(busiest)}` : "none has ended");
  cards.most.tell(number(Number(fullest.persons_max)), `persons in view of ${fullest.stream_id}`);
  cards.mean.tell(known.length ? decimal(known.reduce((sum, entry) => sum + entry.mean, 0) / known.length) : "–", "on average, where there was a picture");
  cards.coverage.tell(percent(covered), "of the sampled frames, and of the time");
  return made("dl", { class: "cards" }, ...Object.values(cards).map(({ element }) => element));
}
