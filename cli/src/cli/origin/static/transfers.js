// Transfers as a board of gates: each stands at the gate that is decided next, with its slip and whose turn it is, and
// opens to what blocks it.

import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { there } from "./panels.js";
import { DAY, name, number, since, words } from "./words.js";

const TRANSFERS = "/api/tech-transfer/v1/transfers";
const GATES = ["initiation", "planning", "knowledge_transfer", "process_development", "validation", "readiness", "closure"];
const LOOKS = { passed: "state good", conditional: "state warn", no_longer_true: "state bad", next: "state", ahead: "state" };

// Days by which a gate is later than it was planned first; what is ahead of its plan has none.
function slip(gate, today = new Date()) {
  const to = gate.decided_at || gate.forecast_on || today.toISOString().slice(0, 10);
  return Math.max(0, Math.round((new Date(to.slice(0, 10)) - new Date(gate.first_planned_on)) / DAY));
}

function late(gate) {
  const days = slip(gate);
  return days
    ? el("span", { class: "state bad" }, `${number(days, 0)} ${days === 1 ? "day" : "days"} late`)
    : el("span", { class: "state good" }, "in time");
}

// Who owes what blocks a gate, and since when.
function owes(gate) {
  if (!gate.unmet.length) return el("span", { class: "state good" }, "nothing blocks it");
  const who = gate.blocked_by ? `waits for ${gate.blocked_by}, ${since(gate.blocked_since)}` : "nobody can say for whom it waits";
  return el("span", { class: "state" }, who);
}

function requirement(unmet) {
  return el("li", {},
    el("b", {}, words(unmet.rule)), ` ${unmet.why}`,
    el("span", { class: "small" }, ` ${unmet.unit}${unmet.since ? `, ${since(unmet.since)}` : ""}`));
}

function gateInFull(gate) {
  const met = gate.standing === "ahead" || gate.standing === "next" ? "nothing is open" : "all of it is still so";
  return el("section", { class: "gate" },
    el("div", { class: "title" },
      el("h3", {}, words(gate.gate)),
      el("span", {}, el("span", { class: LOOKS[gate.standing] }, words(gate.standing)), " ", late(gate))),
    el("p", { class: "small" }, [
      `planned ${gate.planned_on}`,
      gate.planned_on === gate.first_planned_on ? "" : `first ${gate.first_planned_on}`,
      gate.decided_at ? `decided ${gate.decided_at.slice(0, 10)}` : gate.forecast_on ? `expected ${gate.forecast_on}` : "",
    ].filter(Boolean).join(" · ")),
    el("ul", {}, ...(gate.unmet.length ? gate.unmet.map(requirement) : [el("li", { class: "empty" }, met)])));
}

function open(transfer, gates) {
  byId("drill-title").textContent = `${transfer.number} ${transfer.title}`;
  const between = [transfer.sending_unit, name(transfer.receiving_site_id) || transfer.receiving_site?.name].filter(Boolean);
  byId("drill-body").replaceChildren(
    el("p", { class: "small" }, `${words(transfer.kind)}, ${between.join(" → ")}, for ${transfer.markets.join(", ")}`),
    ...gates.map(gateInFull));
  byId("drill").showModal();
}

function card({ transfer, gates }) {
  const at = gates.find((gate) => gate.standing === "next") || gates.at(-1);
  const lost = gates.filter((gate) => gate.standing === "no_longer_true");
  return el("li", {},
    el("button", { type: "button", click: () => open(transfer, gates) },
      el("b", {}, transfer.number), ` ${transfer.title}`),
    el("span", { class: "clocks" },
      transfer.state === "on_hold" ? el("span", { class: "state warn" }, "on hold") : null,
      late(at), transfer.state === "closure" ? null : owes(at),
      lost.length ? el("span", { class: "state bad" }, `no longer true: ${lost.map((gate) => words(gate.gate)).join(", ")}`) : null));
}

function column(gate, found) {
  const cards = found.filter(({ transfer }) => (transfer.held_at || transfer.state) === gate).map(card);
  const id = `gate-${gate}`;
  return el("div", {},
    el("h3", { id }, words(gate), " ", el("span", { class: "state" }, String(cards.length))),
    el("ul", { tabindex: "0", "aria-labelledby": id }, ...(cards.length ? cards : [el("li", { class: "empty" }, "none")])));
}

// Those that are not ended, at their gates.
export async function transfers() {
  if (!there("tech-transfer")) return;
  const page = await get(`${TRANSFERS}?open=true&limit=50`);
  const found = await Promise.all(page.items.map(async (transfer) =>
    ({ transfer, gates: (await get(`${TRANSFERS}/${transfer.id}/gates`)).gates })));
  byId("transfers-count").textContent = `${found.length}${page.next === null ? "" : "+"}`;
  byId("transfers").replaceChildren(...GATES.map((gate) => column(gate, found)));
}
