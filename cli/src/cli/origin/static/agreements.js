// What was agreed and whether it is kept: agreements by the day on which somebody has to decide of them, and obligations
// by state, each opened down to the facts that prove it.

import { get } from "./api.js";
import { byId, el, show } from "./dom.js";
import { there } from "./panels.js";
import { DAY, called, number, since, span, words } from "./words.js";

const CONTRACTING = "/api/contracting/v1";
const LOOKS = { breached: "state bad", pending: "state", met: "state good", unknown: "state warn", not_covered: "state warn", waived: "state", void: "state" };

function left(day) {
  if (!day) return el("span", { class: "state" }, "without end");
  const days = Math.ceil((new Date(day) - Date.now()) / DAY);
  const look = days < 30 ? "state bad" : days < 180 ? "state warn" : "state good";
  return el("span", { class: look }, days < 0 ? `${number(-days, 0)} days over` : `decide within ${number(days, 0)} days`);
}

function agreement(record) {
  const ends = record.ends_on || record.expires_on;
  return el("li", {},
    el("span", { class: "name" }, el("b", {}, record.number), ` ${record.title}`),
    el("span", { class: "small" }, [words(record.kind), words(record.state), called(record.partner),
      record.current_version ? `version ${record.current_version}` : "", ends ? `until ${ends}` : ""].filter(Boolean).join(" · ")),
    el("span", { class: "clocks" }, left(record.decide_by || ends),
      record.review_overdue ? el("span", { class: "state bad" }, `review was due on ${record.review_due_on}`) : null));
}

// When it was due beside when it was done; late by so much, or for so long not done.
function kept(record) {
  if (record.overdue_seconds !== null) return `not done for ${span(record.overdue_seconds * 1000)}`;
  if (record.late_seconds) return `done ${span(record.late_seconds * 1000)} late`;
  return record.due_at ? `due ${record.due_at.slice(0, 16).replace("T", " ")} UTC` : record.why || "";
}

function verdict(each) {
  return el("li", {}, el("span", { class: LOOKS[each.verdict] }, words(each.verdict)), ` ${each.why || kept({ ...each, overdue_seconds: null })}`,
    el("span", { class: "small" }, ` by ${words(each.cause)}, ${since(each.judged_at)}`));
}

function fact(each) {
  const says = Object.entries(each.says.at || {}).map(([what, at]) => `${words(what)} ${at}`).join(", ");
  return el("li", {}, each.proves ? el("b", {}, each.type.split(".").at(-2)) : each.type.split(".").at(-2),
    el("span", { class: "small" }, ` ${says}`));
}

async function open(id) {
  const record = await get(`${CONTRACTING}/obligations/${id}`);
  byId("drill-title").textContent = `${record.number} ${words(record.clause)}`;
  byId("drill-body").replaceChildren(
    el("p", { class: "small" }, [`owed by the ${record.owes}`, record.agreement_number || "no agreement covers it",
      record.subject_number, called(record.partner), called(record.site)].filter(Boolean).join(" · ")),
    el("h3", {}, "Verdicts, in their order"), el("ul", {}, ...record.verdicts.map(verdict)),
    el("h3", {}, "What facts say, the proving ones in bold"), el("ul", {}, ...record.facts.map(fact)));
  byId("drill").showModal();
}

function obligation(record) {
  return el("li", {},
    el("span", { class: "name" },
      el("button", { type: "button", click: () => open(record.id) }, el("b", {}, record.number), ` ${words(record.clause)}`)),
    el("span", { class: "small" }, [record.subject_number, `owed by the ${record.owes}`, called(record.partner)].filter(Boolean).join(" · ")),
    el("span", { class: "clocks" }, el("span", { class: LOOKS[record.state] }, words(record.state)), el("span", { class: "state" }, kept(record))));
}

// Agreements in force, and obligations: how many in each state, those that are broken or owed first.
export async function agreements() {
  if (!there("contracting")) return;
  const standing = await get(`${CONTRACTING}/agreements?state=effective&state=in_notice&limit=100`);
  const ends = (record) => record.decide_by || record.ends_on || record.expires_on || "9999";
  show(byId("agreements"), standing.items.sort((a, b) => (ends(a) < ends(b) ? -1 : 1)).map(agreement), "no agreement is in force");
  byId("agreements-count").textContent = `${standing.items.length}${standing.next === null ? "" : "+"}`;
  const counts = await Promise.all(Object.keys(LOOKS).map(async (state) =>
    [state, (await get(`${CONTRACTING}/obligations?state=${state}&count=true&limit=1`)).total]));
  byId("obligations-count").replaceChildren(...counts.filter(([, total]) => total).flatMap(([state, total]) =>
    [el("span", { class: LOOKS[state] }, `${number(total, 0)} ${words(state)}`), " "]));
  const urgent = await Promise.all(["breached", "pending"].map((state) =>
    get(`${CONTRACTING}/obligations?state=${state}&sort=${state === "pending" ? "due_at" : "-due_at"}&limit=25`)));
  show(byId("obligations"), urgent.flatMap((page) => page.items).map(obligation), "nothing is owed or broken");
}
