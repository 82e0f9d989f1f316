import { API_ERROR, fromApiError } from "./bus-error.ts";
import { driftOf, isSafe } from "./drift.ts";
import { type WantedConsumer, wantedConsumers } from "./durables.ts";
import { jetStreamOf } from "./internals.ts";
import { type JetStream, objectIn, orThrow } from "./jetstream.ts";
import type { Drift, ProvisionOptions, ProvisionReport } from "./provision-types.ts";
import { type StreamConfig, wantedStreams } from "./streams.ts";
import type { Bus } from "./types.ts";

/** Something that the server should have: how to ask for it, create it and correct it. */
interface Wanted {
  kind: Drift["kind"];
  name: string;
  config: Readonly<Record<string, unknown>>;
  infoSubject: string;
  missingCode: number;
  create(): { subject: string; body: object };
  update(config: object): { subject: string; body: object };
}

/**
 * Creates every stream, bucket and durable that is missing and reports how the others differ. Running it again changes
 * nothing; `apply` corrects the differences that cost no message.
 */
export function provision(bus: Bus, options: ProvisionOptions = {}): Promise<ProvisionReport> {
  return compare(bus, options, options.apply ? "correct" : "create");
}

/** What `provision` would create, and how the rest differs; changes nothing. */
export function planProvision(bus: Bus, options: Omit<ProvisionOptions, "apply"> = {}): Promise<ProvisionReport> {
  return compare(bus, options, "plan");
}

/** How much may be changed: nothing, what is missing, or also what differs and costs no message. */
type Extent = "plan" | "create" | "correct";

async function compare(bus: Bus, options: ProvisionOptions, extent: Extent): Promise<ProvisionReport> {
  const jetStream = jetStreamOf(bus);
  const report: ProvisionReport = { created: [], unchanged: [], drift: [] };
  const wanted = [
    ...wantedStreams(options).map(toWantedStream),
    ...wantedConsumers(options.replicas ?? 1).map(toWantedDurable),
  ];
  for (const one of wanted) await provisionOne(jetStream, one, extent, report);
  return report;
}

async function provisionOne(jetStream: JetStream, wanted: Wanted, extent: Extent, report: ProvisionReport) {
  const info = await jetStream.call(wanted.infoSubject, {});
  if (info.kind === "error") {
    const missing = info.code === wanted.missingCode || (extent === "plan" && info.code === API_ERROR.streamNotFound);
    if (!missing) throw fromApiError(info);
    if (extent !== "plan") {
      const { subject, body } = wanted.create();
      orThrow(await jetStream.call(subject, body));
    }
    report.created.push(wanted.name);
    return;
  }
  const found = objectIn(info.json, "config");
  const drift = driftOf(wanted.kind, wanted.name, wanted.config, found);
  if (drift.length === 0) report.unchanged.push(wanted.name);
  else report.drift.push(...(extent === "correct" ? await correct(jetStream, wanted, found, drift) : drift));
}

async function correct(jetStream: JetStream, wanted: Wanted, found: object, drift: Drift[]): Promise<Drift[]> {
  const safe = drift.filter(isSafe);
  if (safe.length === 0) return drift;
  const corrected = Object.fromEntries(safe.map(({ field }) => [field, wanted.config[field]]));
  const { subject, body } = wanted.update({ ...found, ...corrected });
  orThrow(await jetStream.call(subject, body));
  return drift.map((one) => ({ ...one, applied: safe.includes(one) }));
}

function toWantedStream(config: StreamConfig): Wanted {
  const { name } = config;
  return {
    kind: "stream",
    name,
    config,
    infoSubject: `STREAM.INFO.${name}`,
    missingCode: API_ERROR.streamNotFound,
    create: () => ({ subject: `STREAM.CREATE.${name}`, body: config }),
    update: (body) => ({ subject: `STREAM.UPDATE.${name}`, body }),
  };
}

function toWantedDurable({ stream, name, config }: WantedConsumer): Wanted {
  const subject = `CONSUMER.CREATE.${stream}.${name}`;
  return {
    kind: "consumer",
    name: `${stream}/${name}`,
    config,
    infoSubject: `CONSUMER.INFO.${stream}.${name}`,
    missingCode: API_ERROR.consumerNotFound,
    create: () => ({ subject, body: { stream_name: stream, config, action: "create" } }),
    update: ({ filter_subject: _, ...rest }: Record<string, unknown>) => ({
      subject,
      body: { stream_name: stream, config: rest, action: "update" },
    }),
  };
}
