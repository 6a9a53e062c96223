// The home page: a front-end like any other. It shows what the APIs say, and looks again when a fact says that it may
// have changed.

import { agreements } from "./agreements.js";
import { Refused, follow, forget, holder, keep, takeFromAddress, token } from "./api.js";
import { byId, el } from "./dom.js";
import { feeds } from "./feeds.js";
import { kpis } from "./kpis.js";
import { SERVICES, learnNames, quality, services } from "./panels.js";
import { cameBack, endSession, issuer, signIn, signOut, signedIn } from "./signin.js";
import { transfers } from "./transfers.js";
import { clock, isTold, learn, plain, said, short } from "./words.js";

const SHOWN = 150; // facts on the page
const KEPT = 100; // facts of each type, so that a filter also finds the rare ones
const recent = []; // newest first
const ofType = new Map();
const fresh = []; // not drawn yet
let stop = new AbortController();

// Panels look again at most every so many milliseconds, however many facts come.
const PANELS = { services: [services, 2000], quality: [quality, 1500], kpis: [kpis, 4000], feeds: [feeds, 3000], transfers: [transfers, 3000], agreements: [agreements, 3000], names: [learnNames, 2000] };
const due = new Map();

function refresh(panel, now = false) {
  const [look, every] = PANELS[panel];
  if (due.has(panel)) return;
  due.set(panel, setTimeout(async () => {
    due.delete(panel);
    if (!token()) return;
    await look().catch((error) => {
      if (error instanceof Refused && error.status === 401) ask(error.message);
      else if (!(error instanceof Refused && [403, 404].includes(error.status))) setTimeout(() => refresh(panel), 3000);
    });
  }, now ? 0 : every));
}

const CHANGES = { "/partner-registry": ["names"], "/quality-events": ["quality", "kpis"], "/sample-tracking": ["kpis", "feeds"], "/partner-feeds": ["feeds"], "/tech-transfer": ["transfers"], "/contracting": ["agreements"] };

function onFact(fact) {
  if (!isTold(fact.type)) return;
  fresh.push(fact);
  if (fresh.length === 1) requestAnimationFrame(draw);
  if (fact.data?.partner_id && fact.data?.legal_name) learn(fact.data.partner_id, fact.data.legal_name);
  for (const panel of CHANGES[fact.source] || []) refresh(panel);
  refresh("services");
}

function line(fact) {
  const [look, text] = said(fact);
  return el("li", { class: look, title: `${fact.type}\n${fact.id}` },
    el("time", { datetime: fact.time }, clock(fact.time)), el("span", {}, text));
}

function draw() {
  const facts = fresh.splice(0);
  for (const fact of facts) {
    const type = short(fact.type);
    if (!ofType.has(type)) {
      ofType.set(type, []);
      const options = [...byId("type").options].slice(1);
      const after = options.find((option) => option.value > type) || null;
      byId("type").insertBefore(el("option", { value: type }, plain(fact.type)), after);
    }
    ofType.get(type).unshift(fact);
    ofType.get(type).length = Math.min(ofType.get(type).length, KEPT);
  }
  recent.unshift(...facts.reverse());
  recent.length = Math.min(recent.length, SHOWN);
  const chosen = byId("type").value;
  const list = byId("facts");
  const wanted = facts.filter((fact) => !chosen || short(fact.type) === chosen).slice(0, SHOWN);
  list.querySelector(".empty")?.remove();
  list.prepend(...wanted.map(line));
  while (list.children.length > SHOWN) list.lastChild.remove();
}

function choose() {
  const chosen = byId("type").value;
  byId("facts").replaceChildren(...(chosen ? ofType.get(chosen) : recent).map(line));
}

function onState(state, reason) {
  if (state === "refused") return ask(reason);
  byId("live").textContent = state;
  byId("live").className = state;
}

// Where the installation names an issuer, people sign in there; a token by hand is for who has one.
async function offerSignIn() {
  try {
    const named = (await issuer()) !== null;
    byId("sign-in").hidden = !named;
    byId("ask-title").textContent = named ? "Or with a token" : "A token, please";
    byId("of-demo").hidden = named;
    if (named) byId("sign-in").focus();
  } catch (error) {
    byId("refused").textContent = `the issuer does not answer: ${error.message}`;
  }
}

function ask(reason = "") {
  stop.abort();
  forget();
  endSession();
  offerSignIn();
  byId("refused").textContent = reason;
  byId("main").hidden = byId("forget").hidden = byId("who").hidden = true;
  byId("asking").hidden = false;
  onState("not connected");
  byId("token").focus();
}

async function begin() {
  stop.abort();
  stop = new AbortController();
  byId("asking").hidden = true;
  byId("forget").textContent = signedIn() ? "Sign out" : "Forget token";
  byId("main").hidden = byId("forget").hidden = byId("who").hidden = false;
  const { name = "", partner_id: partner, roles = [] } = holder();
  byId("who").textContent = partner ? `${name}, for a partner` : name;
  byId("who").title = roles.join(", ");
  byId("facts").replaceChildren(el("li", { class: "empty" }, "nothing happened in the last ten minutes"));
  const { signal } = stop;
  await services().catch(() => refresh("services")); // first: it says which services there are
  await learnNames().catch(() => refresh("names"));
  for (const panel of ["quality", "kpis", "feeds", "transfers", "agreements"]) refresh(panel, true);
  await follow(onFact, onState, signal);
}

byId("sign-in").addEventListener("click", () => signIn().catch((error) => (byId("refused").textContent = error.message)));
byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  endSession();
  keep(byId("token").value);
  byId("token").value = "";
  begin();
});
byId("forget").addEventListener("click", () => {
  recent.length = 0;
  ofType.clear();
  byId("type").length = 1;
  if (signedIn()) signOut().then(() => ask());
  else ask();
});
byId("type").addEventListener("change", choose);
byId("close").addEventListener("click", () => byId("drill").close());
byId("links").append(
  ...SERVICES.map((name) => el("li", {}, el("a", { href: `/api/${name}/docs` }, `${name} API`))),
  el("li", {}, el("a", { href: "/asyncapi.json" }, "all facts (AsyncAPI)")));
window.addEventListener("hashchange", () => (takeFromAddress(), token() && begin()));
setInterval(() => document.hidden || ["services", "quality"].forEach((panel) => refresh(panel)), 30000);

takeFromAddress();
const refused = await cameBack();
if (token()) begin();
else ask(refused);
