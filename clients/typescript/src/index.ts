/** Typed clients of Entente's services, generated from their OpenAPI documents, and a reader of their facts. */

import createClient, { type Client, type Middleware } from "openapi-fetch";

import { type Events, reader } from "./events.js";
import type { components as stream, paths as eventStream } from "./services/event-stream.js";
import type { paths as kpi } from "./services/kpi.js";
import type { paths as partnerFeeds } from "./services/partner-feeds.js";
import type { paths as partnerRegistry } from "./services/partner-registry.js";
import type { paths as qualityEvents } from "./services/quality-events.js";
import type { paths as sampleTracking } from "./services/sample-tracking.js";

export type { Events, Received, Wanted } from "./events.js";
export type { components as KpiTypes } from "./services/kpi.js";
export type { components as PartnerFeedsTypes } from "./services/partner-feeds.js";
export type { components as PartnerRegistryTypes } from "./services/partner-registry.js";
export type { components as QualityEventsTypes } from "./services/quality-events.js";
export type { components as SampleTrackingTypes } from "./services/sample-tracking.js";

/** A fact as a CloudEvent: `type` says which, and so what its `data` holds. */
export type Event = stream["schemas"]["Event"];
/** Problem details (RFC 9457): `type` is stable, `detail` is for people. */
export type Problem = stream["schemas"]["Problem"];

/** A bearer token, or what gives a new one: it is asked before each request, and whenever the stream is opened again. */
export type Token = string | (() => string | Promise<string>);

export interface Entente {
  partnerRegistry: Client<partnerRegistry>;
  partnerFeeds: Client<partnerFeeds>;
  sampleTracking: Client<sampleTracking>;
  qualityEvents: Client<qualityEvents>;
  kpi: Client<kpi>;
  eventStream: Client<eventStream>;
  /** Facts as they happen, from now on or from where the caller says. */
  events: Events;
}

/** The services of an installation, behind its one URL, such as `http://127.0.0.1:8000`. */
export function connect(url: string, token: Token): Entente {
  const origin = url.replace(/\/+$/, "");
  const current = async () => (typeof token === "string" ? token : await token());
  const signed: Middleware = {
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${await current()}`);
      return request;
    },
  };
  const service = <Paths extends {}>(name: string): Client<Paths> => {
    const client = createClient<Paths>({ baseUrl: `${origin}/api/${name}` });
    client.use(signed);
    return client;
  };
  return {
    partnerRegistry: service<partnerRegistry>("partner-registry"),
    partnerFeeds: service<partnerFeeds>("partner-feeds"),
    sampleTracking: service<sampleTracking>("sample-tracking"),
    qualityEvents: service<qualityEvents>("quality-events"),
    kpi: service<kpi>("kpi"),
    eventStream: service<eventStream>("event-stream"),
    events: reader(`${origin}/events`, current),
  };
}

/** What a request refused, as its answer said. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.title}: ${problem.detail}`);
  }
}

/** The data of an answer. Throws `Refused` where it was a problem. */
export function data<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Refused(answer.error as Problem);
  return answer.data;
}
