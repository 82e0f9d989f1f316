import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Bus } from "@skytide/bus";
import { parseEvent } from "@skytide/events";
import { documentedBodies } from "@skytide/gupshup/testing";
import type { Connection } from "@skytide/store";
import { freePort, test } from "@skytide/testing";
import { expect, vi } from "vitest";
import { aurora } from "./builders.ts";
import { spawnIngest, startDatabaseDouble } from "./ingest-process.ts";

const samplesPath = fileURLToPath(new URL("../../../../shared/reference/gupshup-samples.json", import.meta.url));

interface Sample {
  kind: string;
  body: unknown;
}

/** The running stage on a real log, and what each body became there. */
async function startWebhook(nats: { url: string }, bus: Bus, connections: readonly Connection[]) {
  const database = await startDatabaseDouble(connections);
  database.setAway(false);
  const port = await freePort();
  const ingest = await spawnIngest({
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    INGEST_ROLES: "webhook",
    GATEWAY_PORT: String(port),
  });
  await vi.waitFor(async () => expect(await ingest.admin("/readyz")).toBe(200), { timeout: 60_000, interval: 50 });
  const newest = async () => (await bus.streamInfo("CONVERSATIONS")).lastSequence;

  async function became({ body }: Sample): Promise<{ status: number; answer: string; events: string[] }> {
    const before = await newest();
    const response = await fetch(`http://127.0.0.1:${port}/webhooks/gupshup`, {
      method: "POST",
      headers: { "x-webhook-secret": "demo-secret-aurora" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const events: string[] = [];
    for (let sequence = before + 1; sequence <= (await newest()); sequence += 1) {
      const stored = parseEvent((await bus.readMessage("CONVERSATIONS", sequence))?.json());
      if (stored.kind !== "event") throw new Error("something else than an event stands on the log");
      const { type, data } = stored.event;
      events.push(type === "message.received" ? `${type} (${data.content.kind})` : type);
    }
    return { status: response.status, answer: await response.text(), events };
  }

  return { became, ingest };
}

async function tableOf(samples: readonly Sample[], became: Awaited<ReturnType<typeof startWebhook>>["became"]) {
  const lines: string[] = [];
  for (const sample of samples) {
    const { status, answer, events } = await became(sample);
    expect({ kind: sample.kind, answer }).toEqual({ kind: sample.kind, answer: "" });
    lines.push(`| ${sample.kind} | ${status} | ${events.join(", ") || "–"} |`);
  }
  return `${["| body | answer | on the log |", "|---|---|---|", ...lines].join("\n")}\n`;
}

test("every shape that the provider documents becomes what it says", async ({ nats, bus }) => {
  const { became, ingest } = await startWebhook(nats, bus, [aurora]);
  const table = await tableOf(
    documentedBodies().map(({ name, body }) => ({ kind: name, body })),
    became,
  );
  await expect(table).toMatchFileSnapshot("tables/documented-bodies.md");
  expect(ingest.output()).not.toMatch(/573001110001|Laura|Hola/);
}, 60_000);

test.skipIf(!existsSync(samplesPath))(
  "every captured sample (where ../shared is there) becomes what it deserves",
  async ({ nats, bus }) => {
    const samples: Sample[] = JSON.parse(readFileSync(samplesPath, "utf8"));
    const { became, ingest } = await startWebhook(nats, bus, connectionsOf(samples));
    await expect(await tableOf(samples, became)).toMatchFileSnapshot("tables/captured-samples.md");
    expect(ingest.output()).not.toMatch(/57399\d{7}/);
  },
  60_000,
);

/** A connection without a secret for every app of the samples but the one that nobody has. */
function connectionsOf(samples: readonly Sample[]): Connection[] {
  const apps = new Map<string, { appName: string; appId: string | null }>();
  for (const { body } of samples) {
    const fields = typeof body === "object" && body !== null ? (body as Record<string, string | undefined>) : {};
    const { app, appId = null } = fields;
    if (app !== undefined && app !== "NoSuchApp99")
      apps.set(app, { appName: app, appId: appId ?? apps.get(app)?.appId ?? null });
  }
  for (const { body } of samples) {
    const { gs_app_id: id } =
      typeof body === "object" && body !== null ? (body as Record<string, string | undefined>) : {};
    const isKnown = [...apps.values()].some(({ appId }) => appId === id);
    if (id !== undefined && !isKnown) apps.set(id, { appName: `app of ${id}`, appId: id });
  }
  return [...apps.values()].map((app, index) => ({
    ...aurora,
    ...app,
    organizationId: `a0000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    businessNumber: null,
    webhookSecret: null,
  }));
}
