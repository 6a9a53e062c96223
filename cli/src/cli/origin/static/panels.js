// The panels that show what stands in the services: themselves, batches, and what is open.

import { get, holder } from "./api.js";
import { byId, el, show } from "./dom.js";
import { DAY, called, learn, limit, name, number, since, span, words } from "./words.js";

export const SERVICES = ["partner-registry", "partner-feeds", "sample-tracking", "quality-events", "kpi", "tech-transfer", "contracting", "event-stream"];
const QUALITY = "/api/quality-events/v1";
const OPEN = ["reported", "classified", "under_investigation", "awaiting_approval"];
const items = async (path) => (await get(path)).items;
const absent = new Set(); // services that this installation does not run
export const there = (name) => !absent.has(name);

// Names for ids. A partner's person gets those of what it may see.
export async function learnNames() {
  if (!there("partner-registry")) return;
  const of = async (list, text) => {
    for (const record of await items(`/api/partner-registry/v1/${list}?limit=500`)) learn(record.id, text(record));
  };
  await Promise.allSettled([
    of("partners", (partner) => partner.legal_name),
    of("sites", (site) => site.name),
    holder().partner_id || of("products", (product) => product.code), // the sponsor's own list
  ]);
}

function figure(value, label, alarming) {
  const text = value === null || value === undefined ? "–" : number(value, 0);
  return el("span", { class: alarming ? "figure bad" : "figure" }, el("b", {}, text), ` ${label}`);
}

function service(name, ready, status) {
  const behind = !status ? [] : [
    figure(status.lag, "behind", status.lag > 1000),
    figure(status.outbox_pending, "to send", status.outbox_pending > 1000),
    figure(status.parked, "parked", status.parked > 0),
    status.readers === undefined ? null : figure(status.readers, status.readers === 1 ? "reader" : "readers"),
  ];
  return el("li", { class: ready ? "" : "unready" },
    el("h3", {}, el("a", { href: `/api/${name}/docs` }, name.replace("-", " "))),
    el("span", { class: ready ? "state good" : "state bad" }, ready ? "ready" : "not ready"),
    el("p", { class: "small" }, status?.about || ""),
    el("p", { class: "figures" }, ...behind.filter(Boolean)));
}

// What each service does and how far behind it is; that is for the sponsor's people, whether it is ready for all.
export async function services() {
  const look = (path) => fetch(path, { cache: "no-store" });
  const running = (await (await look("/readyz")).json()).services;
  SERVICES.filter((name) => !running.includes(name)).forEach((name) => absent.add(name));
  const status = (name) => (holder().partner_id ? null : get(`/api/${name}/v1/status`).catch(() => null));
  const all = await Promise.all(SERVICES.filter(there).map(async (name) =>
    service(name, (await look(`/api/${name}/readyz`)).ok, await status(name))));
  byId("services").replaceChildren(...all);
}

function mark(kind, records) {
  if (!records?.length) return null;
  const numbers = records.map((record) => record.number).join(", ");
  return el("span", { class: "mark", title: numbers }, `${kind}${records.length > 1 ? ` ×${records.length}` : ""}`,
    el("span", { class: "hidden" }, ` ${numbers}`));
}

function batch(record, oos, deviations) {
  const day = (word, moment) => moment && `${word} ${moment.slice(0, 10)}`; // a month stays a month
  const when = day("made", record.completed_at) || day("started", record.started_at);
  const yielded = record.yield_percent === null ? "" : `yield ${number(record.yield_percent)} %`;
  return el("li", {},
    el("span", { class: "name" }, el("b", {}, record.number), ` ${record.material}`),
    el("span", { class: "marks" }, mark("OOS", oos.get(record.id)), mark("DEV", deviations.get(record.id))),
    el("span", { class: "small" }, [called(record.partner) || called(record.site), when, yielded].filter(Boolean).join(" · ")));
}

const due = (clock) => {
  const left = new Date(clock.due_at) - Date.now();
  return left < 0
    ? el("span", { class: "state bad" }, `overdue by ${span(-left)}`)
    : el("span", { class: left < 3 * DAY ? "state warn" : "state" }, `due in ${span(left)}`);
};

// Whose turn it is, and since when; "both" may each take the next step.
function turn(waiting) {
  if (!waiting) return null;
  const who = waiting.side === "partner" ? name(waiting.partner_id) || "the partner" : waiting.side;
  return el("span", { class: "state" }, `waits for ${who}, ${since(waiting.since)}`);
}

function told({ limit_hours: hours, taken_hours: taken, met }) {
  const against = hours === null ? "" : ` of ${hours} h`;
  const how = met === false ? "state bad" : met ? "state good" : "state";
  return el("span", { class: how }, taken === null ? `sponsor not told yet${against && `, limit${against.slice(3)}`}`
    : `sponsor told in ${number(taken, 1)}${against || " h"}`);
}

function open(record, title, from, where) {
  return el("li", {},
    el("span", { class: "name" }, el("b", {}, record.number), ` ${title}`),
    el("span", { class: "age" }, since(from)),
    el("span", { class: "small" }, [words(record.classification), words(record.state), where].filter(Boolean).join(" · ")),
    el("span", { class: "clocks" }, due(record.clock), turn(record.waiting_for), told(record.clock.notification)));
}

const opened = (record) => open(record,
  `${words(record.test)} ${record.value ?? record.text ?? ""} (${limit(record.limit)}), ${record.material} ${record.lot_number}`,
  record.aware_at, called(record.laboratory) || called(record.site) || called(record.partner));
const raised = (record) => open(record, record.title, record.partner_aware_at, called(record.partner) || called(record.site));

function byBatch(records, ids) {
  const found = new Map();
  for (const record of records)
    for (const id of new Set(ids(record))) if (id) found.set(id, [...(found.get(id) || []), record]);
  return found;
}

// What concerns any of these batches; asked in parts, for an address has its limits.
async function ofBatches(path, ids) {
  const found = new Map();
  for (let start = 0; start < ids.length; start += 50) {
    const asked = ids.slice(start, start + 50).map((id) => `batch_id=${id}`).join("&");
    for (const record of await items(`${QUALITY}/${path}?limit=500&${asked}`)) found.set(record.id, record);
  }
  return [...found.values()];
}

// Batches, with what speaks against them, and what is open.
export async function quality() {
  if (!there("quality-events")) return;
  const more = {}; // of which lists the page shows only the beginning
  const list = (path, states, sort) => Promise.all(states.map(async (state) => {
    const page = await get(`${QUALITY}/${path}?state=${state}&sort=${sort}&limit=100`);
    more[path] ||= page.next !== null;
    return page.items;
  })).then((all) => all.flat());
  const [making, made, oos, deviations] = await Promise.all([
    list("batches", ["in_process"], "-id"),
    list("batches", ["manufactured"], "-id"),
    list("oos-investigations", ["phase_1", "awaiting_approval", "phase_2"], "opened_at"),
    list("deviations", OPEN, "partner_aware_at"),
  ]);
  const shown = [...making, ...made].map((record) => record.id);
  const [found, departures] = await Promise.all([ofBatches("oos-investigations", shown), ofBatches("deviations", shown)]);
  const against = byBatch(found.filter((record) => record.conclusion !== "invalidated"), (record) => [record.batch_id]);
  const departed = byBatch(departures.filter((record) => OPEN.includes(record.state)), (record) => record.lots.map((lot) => lot.batch_id));
  show(byId("in_process"), making.map((record) => batch(record, against, departed)), "nothing is being made");
  show(byId("manufactured"), made.map((record) => batch(record, against, departed)), "nothing was made yet");
  const oldest = (key) => (a, b) => new Date(a[key]) - new Date(b[key]);
  byId("oos-count").textContent = `${oos.length}${more["oos-investigations"] ? "+" : ""}`;
  byId("deviations-count").textContent = `${deviations.length}${more.deviations ? "+" : ""}`;
  show(byId("oos"), oos.sort(oldest("aware_at")).map(opened), "no OOS investigation is open");
  show(byId("deviations"), deviations.sort(oldest("partner_aware_at")).map(raised), "no deviation is open");
}
