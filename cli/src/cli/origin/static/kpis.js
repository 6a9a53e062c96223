// KPIs with their trend; each opens down to the facts and events behind it.

import { get } from "./api.js";
import { byId, el, show, svg } from "./dom.js";
import { there } from "./panels.js";
import { amount, number, plain } from "./words.js";

const API = "/api/kpi/v1";
const MONTHS = 24;
const RATING = { green: "good", amber: "warn", red: "bad" };
const cards = new Map(); // by code: kept, so that a refresh does not take the focus away

const rated = (rating) => el("span", { class: `state ${RATING[rating] || ""}` }, rating.replaceAll("_", " "));
const month = (item) => (item.from === item.to ? item.to : `${item.from} to ${item.to}`);

// The last months as a line; a month without data is a gap, not a zero.
function sparkline(kpi, values) {
  const shown = values.slice(-MONTHS);
  const known = shown.filter((item) => item.value !== null).map((item) => Number(item.value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (index) => (shown.length < 2 ? 60 : 4 + (index * 112) / (shown.length - 1));
  const y = (value) => 32 - (28 * (value - low)) / (high - low || 1);
  const lines = [[]];
  shown.forEach(({ value }, index) =>
    value === null ? lines.push([]) : lines.at(-1).push(`${x(index).toFixed(1)},${y(Number(value)).toFixed(1)}`));
  const points = shown.map((item, index) => item.value === null ? null
    : svg("circle", { cx: x(index), cy: y(Number(item.value)), r: 2.2, class: RATING[item.rating] },
      svg("title", {}, `${month(item)}: ${amount(item.value, kpi)}, ${item.rating.replaceAll("_", " ")}`)));
  const said = `${known.length} of the last ${shown.length} months have data`;
  return svg("svg", { viewBox: "0 0 120 36", role: "img", "aria-label": said },
    ...lines.filter((line) => line.length > 1).map((line) => svg("polyline", { points: line.join(" ") })), ...points);
}

function card(kpi, values) {
  const last = values.at(-1) || { value: null, rating: "not_rated", sample: 0 };
  if (!cards.has(kpi.code)) cards.set(kpi.code, el("button", { type: "button" }));
  const button = cards.get(kpi.code);
  button.onclick = () => drill(kpi, last);
  button.replaceChildren(
    el("span", { class: "kpi" }, kpi.name),
    el("span", { class: "row" }, el("b", {}, amount(last.value, kpi)), sparkline(kpi, values)),
    el("span", { class: "row" },
      el("span", { class: "small" }, last.to ? `${month(last)}, n=${last.sample}` : "no facts yet"), rated(last.rating)));
  return button.parentElement || el("li", {}, button);
}

export async function kpis() {
  if (!there("kpi")) return;
  const definitions = (await get(`${API}/kpis?limit=100&sort=id`)).items;
  const values = await Promise.all(definitions.map(({ code }) => get(`${API}/kpis/${code}/values?period=month`)));
  const items = definitions.map((kpi, index) => card(kpi, values[index].items));
  const list = byId("kpis"); // drawn once, for moving an element takes the focus from it
  if (list.children.length !== items.length) show(list, items, "no KPI is defined");
}

const row = (cells, tag = "td") => el("tr", {}, ...cells.map((cell) => el(tag, {}, cell ?? "")));
const table = (heads, rows) => el("div", { class: "scroll", tabindex: 0 },
  el("table", {}, el("thead", {}, row(heads, "th")), el("tbody", {}, ...rows)));
const called = (thing) => thing?.name || thing?.code || thing?.number || thing?.id || "";

const value = (kpi, item) => row([
  called(item.partner) || "all partners", amount(item.value, kpi),
  item.denominator === null ? "" : `${number(item.numerator)} / ${number(item.denominator)}`,
  number(item.sample), rated(item.rating)]);

const fact = (item) => row([
  item.occurred_at.slice(0, 16).replace("T", " "), item.measure.replaceAll("_", " "), number(item.value) + (item.reverses ? " (reversal)" : ""),
  [called(item.partner), called(item.product)].filter(Boolean).join(" · "),
  el("span", { title: item.event.id }, plain(item.event.type))]);

// From a number to its facts, and to the events that prove them.
async function drill(kpi, last) {
  const body = byId("drill-body");
  byId("drill-title").textContent = kpi.name;
  body.replaceChildren(el("p", {}, "reading …"));
  byId("drill").showModal();
  try {
    const [parts, facts] = await Promise.all([
      get(`${API}/kpis/${kpi.code}/values?period=all&by=partner`),
      last.facts ? get(last.facts) : { items: [], next: null },
    ]);
    const rows = el("tbody", {}, ...facts.items.map(fact));
    const behind = table(["occurred", "measure", "value", "partner, product", "event"], []);
    behind.querySelector("tbody").replaceWith(rows);
    body.replaceChildren(
      el("p", {}, kpi.description),
      el("p", { class: "small" }, `Formula version ${kpi.formula_version}; ${kpi.source}. Not rated below ${kpi.minimum_sample}.`),
      el("h3", {}, "By partner, all months"), table(["partner", "value", "of", "sample", "rating"], parts.items.map((item) => value(kpi, item))),
      el("h3", {}, last.to ? `Facts of ${month(last)}` : "No facts yet"), behind, more(facts.next, last.facts, rows));
  } catch (error) {
    body.replaceChildren(el("p", { class: "state bad" }, error.message));
  }
}

function more(cursor, path, rows) {
  if (!cursor) return "";
  const button = el("button", { type: "button" }, "More facts");
  button.onclick = async () => {
    const next = await get(`${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`);
    rows.append(...next.items.map(fact));
    button.replaceWith(more(next.next, path, rows));
  };
  return button;
}
