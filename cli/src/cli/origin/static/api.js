// How this page speaks to the APIs: with a bearer token, like any other front-end.

const KEY = "entente-token";
const REMEMBERED = 5000; // ids of facts: on resuming, the last minute comes again
const BEGIN = 600_000; // milliseconds back, where the page begins

export const token = () => sessionStorage.getItem(KEY);
export const forget = () => sessionStorage.removeItem(KEY);
export const keep = (text) => sessionStorage.setItem(KEY, text.trim().replace(/^Bearer\s+/i, ""));

// A link may carry a token behind the #, which no browser sends to a server. It does not stay in the address bar.
export function takeFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return;
  keep(given);
  history.replaceState(null, "", location.pathname + location.search);
}

// What the token says about its holder; the services verify it, this page only greets. A partner's has partner_id.
export function holder() {
  try {
    const part = token().split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0))));
    return { ...claims, partner_id: claims.partner_id ?? (claims.party === "sponsor" ? null : claims.party) };
  } catch {
    return {};
  }
}

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || `status ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

// Who signed in at an issuer has a token that is renewed before it ends (signin.js).
let renew = async () => {};
export const renewBy = (how) => (renew = how);
export const renewed = () => renew();

async function request(path, options = {}) {
  await renew();
  const headers = { Authorization: `Bearer ${token()}`, ...options.headers };
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

export const get = async (path) => (await request(path)).json();
export const send = async (path, body, type) =>
  (await request(path, { method: "POST", body, headers: { "Content-Type": type } })).json();

// One event: the lines between two empty ones. Comments keep the line open and mean nothing.
function parse(block) {
  const event = { data: "" };
  for (const line of block.split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
  }
  return event;
}

// EventSource cannot send the Authorization header, and a token has no place in a URL: so fetch, and read the body.
async function* events(since, last, signal) {
  const headers = last ? { "Last-Event-ID": last } : {};
  const answer = await request(`/events?since=${encodeURIComponent(since)}`, { headers, signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split(/\r\n\r\n|\n\n/);
    rest = blocks.pop();
    yield* blocks.map(parse);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Follow the facts for as long as the page is open: each once, resuming where it stopped.
export async function follow(onFact, onState, signal) {
  const seen = new Set();
  let since = new Date(Date.now() - BEGIN).toISOString();
  let last = null;
  let wait = 1000;
  while (!signal.aborted) {
    try {
      for await (const event of events(since, last, signal)) {
        onState("live");
        wait = 1000;
        if (!event.data) continue;
        last = event.id;
        const fact = JSON.parse(event.data);
        if (seen.has(fact.id)) continue;
        seen.add(fact.id);
        if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
        onFact(fact);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401) return onState("refused", error.message);
      if (error.status === 400) [last, since] = [null, new Date(Date.now() - BEGIN).toISOString()];
    }
    onState("reconnecting");
    await pause(wait);
    wait = Math.min(wait * 2, 15000);
  }
}
