/** Reads `/events` with fetch, for a browser's EventSource cannot send a token; resumes where the stream ended. */

import { EventSourceParserStream, type EventSourceMessage } from "eventsource-parser/stream";

import { type Event, type Problem, Refused } from "./index.js";
import type { paths } from "./services/event-stream.js";

/** The stream's own parameters: types of facts, a partner, a site, a record, and where to begin. */
export type Wanted = Omit<NonNullable<paths["/v1/events"]["get"]["parameters"]["query"]>, "ticket" | "last_event_id">;

export interface Received {
  /** The place in the stream, to resume behind it another time. */
  id: string;
  event: Event;
}

/** Facts until `signal` aborts. Throws `Refused` for what another try would not mend, such as a token that expired. */
export type Events = (wanted?: Wanted, options?: Options) => AsyncGenerator<Received, void, undefined>;

export interface Options {
  /** Resume behind this place; it counts more than `since`. */
  lastEventId?: string;
  signal?: AbortSignal;
}

/** Milliseconds until a stream that ended is opened again, where neither the stream nor a refusal says how many. */
const PAUSE = 2_000;
/** Of so many facts the ids are kept. On resuming, the stream repeats a minute, for order holds within one key only. */
const REMEMBERED = 50_000;
/** Another try may succeed: too slow, too many, or a service that is away. */
const PASSING = (status: number) => status === 408 || status === 429 || status >= 500;

export function reader(url: string, token: () => Promise<string>): Events {
  return async function* (wanted = {}, { lastEventId, signal = new AbortController().signal } = {}) {
    const address = `${url}?${query(wanted)}`;
    const known = new Set<string>();
    let place = lastEventId;
    let pause = PAUSE;
    while (!signal.aborted) {
      try {
        const headers = { Authorization: `Bearer ${await token()}`, ...(place ? { "Last-Event-ID": place } : {}) };
        const answer = await fetch(address, { headers, signal, cache: "no-store" });
        pause = Number(answer.headers.get("Retry-After") ?? 0) * 1000 || pause;
        for await (const message of messages(answer, (milliseconds) => (pause = milliseconds))) {
          if (message.id === undefined) continue;
          place = message.id;
          const event = JSON.parse(message.data) as Event;
          if (isNew(known, event.id)) yield { id: place, event };
        }
      } catch (error) {
        // A connection that breaks is a TypeError, in every runtime.
        if (!signal.aborted && !(error instanceof TypeError)) throw error;
      }
      await sleep(pause, signal);
    }
  };
}

/** Throws `Refused` for a refusal that stays; none come from one that passes. */
async function* messages(answer: Response, retry: (milliseconds: number) => void): AsyncGenerator<EventSourceMessage> {
  if (!answer.ok) {
    if (!PASSING(answer.status)) throw new Refused((await answer.json()) as Problem);
    await answer.body?.cancel();
  } else if (answer.body) {
    const text = answer.body.pipeThrough(new TextDecoderStream());
    yield* text.pipeThrough(new EventSourceParserStream({ onRetry: retry }));
  }
}

function query(wanted: Wanted): string {
  const pairs = Object.entries(wanted).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, String(one)]));
  return new URLSearchParams(pairs).toString();
}

function isNew(known: Set<string>, id: string): boolean {
  if (known.has(id)) return false;
  known.add(id);
  const [oldest] = known;
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  return true;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
