// Partners' feeds: how long each is silent, what of it somebody must look at, and a file tried before it is sent.

import { get, send } from "./api.js";
import { byId, el, show } from "./dom.js";
import { there } from "./panels.js";
import { since, words } from "./words.js";

const FEEDS = "/api/partner-feeds/v1";
const RESULTS = "/api/sample-tracking/v1/results";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const JSONS = { json: "application/json", jsonl: "application/jsonl" };
const COUNTS = ["accepted", "duplicate", "amended", "conflict", "unjudged", "left_out", "without_record", "refused"];
const SHOWN = 20; // rows, value by value

// By what the file holds, for its name says little. JSON is what the feed takes; of CloudEvents a batch is a list.
async function typeOf(feed, file) {
  const beginning = (await file.slice(0, 4096).text()).replace(/[\0\ufffd]/g, "").replace(/^[\ufeff\s]+/, ""); // UTF-16
  if (beginning.startsWith("PK\u0003\u0004")) return XLSX;
  if (/^<(\?xml|!--|[A-Za-z_][\w.:-]*[\s/>])/.test(beginning)) return "application/xml";
  if (!/^(\{\s*["}]|\[\s*[{\]])/.test(beginning)) return "text/csv";
  return JSONS[feed.format] || `application/cloudevents${beginning.startsWith("[") ? "-batch" : ""}+json`;
}

function table(heads, rows) {
  const tr = (tag, texts) => el("tr", {}, ...texts.map((text) => el(tag, {}, String(text ?? ""))));
  return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, tr("th", heads)),
    el("tbody", {}, ...rows.map((row) => tr("td", row)))));
}

const wrong = (errors) => table(["row", "column", "value", "what would be right"],
  errors.map((error) => [error.row, error.field, error.value, error.reason]));

// Each value beside where it stands, and what the row becomes.
function values(answer) {
  const read = (cell) => cell.read ?? "see the records below";
  return answer.values.map((row) => el("details", { open: row === answer.values[0] },
    el("summary", {}, `row ${row.row}: ${row.records.map((record) => words(record.record)).join(", ") || "no record"}`),
    table(["where", "written", "read as"], row.cells.map((cell) => [cell.source, cell.written, read(cell)])),
    ...row.records.map((record) => el("pre", { class: "small" }, JSON.stringify(record, null, 1)))));
}

// What would become of a file: nothing of it is kept.
async function tryFile(feed, file) {
  byId("drill-title").textContent = `${file.name}, tried on ${feed.code}`;
  byId("drill-body").replaceChildren(el("p", {}, "The file is read …"));
  byId("drill").showModal();
  try {
    const path = `${FEEDS}/feeds/${encodeURIComponent(feed.code)}/messages?dry_run=true&values=${SHOWN}`;
    const answer = await send(path, file, await typeOf(feed, file));
    const counted = COUNTS.filter((name) => answer[name]).map((name) => `${answer[name]} ${words(name)}`).join(", ");
    byId("drill-body").replaceChildren(
      el("p", {}, el("b", {}, counted || "no rows"), ". Nothing was kept."),
      ...(answer.errors.length ? [wrong(answer.errors)] : [el("p", {}, "Nothing that somebody must look at.")]),
      ...answer.notices.slice(0, 20).map((notice) => el("p", { class: "small" }, notice)),
      ...(answer.values.length ? [el("h3", {}, "As it would be read"), ...values(answer)] : []));
  } catch (error) {
    byId("drill-body").replaceChildren(el("p", { class: "state bad" }, error.message));
  }
}

function line(feed, last) {
  const id = `file-${feed.id}`;
  const input = el("input", { type: "file", id, class: "hidden", change: () => input.files[0] && tryFile(feed, input.files[0]) });
  const over = (yes) => (event) => (event.preventDefault(), item.classList.toggle("over", yes));
  const item = el("li", { dragover: over(true), dragleave: over(false), drop: (event) => {
    over(false)(event);
    if (event.dataTransfer.files[0]) tryFile(feed, event.dataTransfer.files[0]);
  } },
  el("span", { class: "name" }, el("b", {}, feed.code), ` ${feed.partner?.name || ""}`),
  el("span", { class: "age" }, last ? since(last.received_at) : "silent so far"),
  el("span", { class: "small" }, last ? `${words(last.state)}, ${last.rows_done} rows` : `${feed.kind}, ${feed.format}`),
  el("label", { class: "small link", for: id }, "try a file, or drop it here"), input);
  return item;
}

const open = (what, about, from, waits) => el("li", {},
  el("span", { class: "name" }, el("b", {}, what), ` ${about}`),
  el("span", { class: "age" }, since(from)),
  el("span", { class: "small" }, waits));

const first = ({ first_row: row, first_message_id: id, message_id }) =>
  row ? `first in row ${row}${id === message_id ? "" : " of an earlier message"}, then` : "again";
const conflict = (record) => open(record.record_id, `${words(record.record)} told twice, ${first(record)} in row ${record.row}`,
  record.created_at, `${record.feed} · ${record.owner ? `with ${record.owner}` : "nobody has taken it"}`);
const unjudged = (record) => open(record.lot_number, `${words(record.test)} ${record.value ?? record.text ?? ""}`,
  record.created_at, `${words(record.reason)} · ${record.owner ? `with ${record.owner}` : "nobody has taken it"}`);

// Feeds with their silence, and the worklists that come of what they sent.
export async function feeds() {
  if (!there("partner-feeds")) return;
  const { items } = await get(`${FEEDS}/feeds?limit=100`);
  const last = await Promise.all(items.map(async (feed) =>
    (await get(`${FEEDS}/messages?feed=${feed.id}&limit=1`)).items[0]));
  show(byId("feeds"), items.map((feed, place) => line(feed, last[place])), "no feed is registered");
  const lists = [[`${FEEDS}/contradictions?state=open`, "conflicts", conflict]];
  if (there("sample-tracking")) lists.push([`${RESULTS}?unjudged=true`, "unjudged", unjudged]);
  for (const [path, id, shown] of lists) {
    const page = await get(`${path}&limit=50&sort=id`);
    byId(`${id}-count`).textContent = `${page.items.length}${page.next ? "+" : ""}`;
    show(byId(id), page.items.map(shown), "none");
  }
}
