/**
 * Lists batches and overdue deviations, classifies one, opens a KPI down to its facts, and reads facts as they happen.
 *
 *     ENTENTE_URL=... ENTENTE_TOKEN=... node build/example/follow.js DEVIATION_ID
 */

import { connect, data } from "../src/index.js";

const { ENTENTE_URL = "http://127.0.0.1:8000", ENTENTE_TOKEN = "" } = process.env;
const entente = connect(ENTENTE_URL, ENTENTE_TOKEN);
const [id] = process.argv.slice(2);

const batches = data(await entente.qualityEvents.GET("/v1/batches", { params: { query: { limit: 5 } } }));
for (const batch of batches.items) console.log("batch", batch.number, batch.state);

const overdue = data(await entente.qualityEvents.GET("/v1/deviations", { params: { query: { overdue: true } } }));
for (const deviation of overdue.items) console.log("overdue", deviation.number, deviation.title);

const closing = new AbortController();
const facts = entente.events({ type: ["DeviationClassified"], since: "beginning" }, { signal: closing.signal });

if (id !== undefined) {
  const deviation = data(
    await entente.qualityEvents.POST("/v1/deviations/{deviation_id}/classification", {
      params: { path: { deviation_id: id } },
      body: { classification: "major", reason: "a critical step was touched" },
    }),
  );
  console.log("classified", deviation.number, deviation.classification);
  for await (const { event } of facts) {
    if (event.type === "io.entente.DeviationClassified.v1" && event.data.deviation_id === id) {
      console.log("heard", event.type, event.data.classification);
      closing.abort();
    }
  }
}

const values = data(
  await entente.kpi.GET("/v1/kpis/{code}/values", {
    params: { path: { code: "oos_rate" }, query: { period: "all", by: ["product"] } },
  }),
);
for (const value of values.items) console.log("kpi", value.product?.number, value.value, value.rating);
const proof = data(await entente.kpi.GET("/v1/facts", { params: { query: { kpi: ["oos_rate"], limit: 5 } } }));
for (const fact of proof.items) console.log("fact", fact.measure, fact.event.id);
