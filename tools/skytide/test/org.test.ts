import { operatorActedSchema } from "@skytide/events";
import { test as base, demo, freePort, spawnStage } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

const { organizationId: aurora, appId, app } = demo.aurora;
const keys = "t1:a-secret-for-tests-only";
const salon = "c0000000-0000-4000-8000-000000000003";

interface Finding {
  check: string;
  state: string;
  says: string;
}

/** A running ingest on a real log and database, the simulated Gupshup behind it, and the settings of its operator. */
const test = base.extend("env", async ({ nats, bus: _, database, simulators }) => {
  const gateway = await freePort();
  const ingest = spawnStage(new URL("../../../services/ingest/src/main.ts", import.meta.url), {
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    CHAT_HASH_KEYS: keys,
    GATEWAY_HOST: "127.0.0.1",
    GATEWAY_PORT: String(gateway),
    CONNECTIONS_REFRESH_MS: "100",
  });
  await ingest.ready();
  const webhook = `http://127.0.0.1:${gateway}/webhooks/gupshup`;
  simulators.control.setWebhookUrl(webhook);
  return {
    NATS_URL: nats.url,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    CHAT_HASH_KEYS: keys,
    WEBHOOK_PUBLIC_URL: webhook,
    GUPSHUP_API_URL: simulators.gupshupUrl,
    GUPSHUP_PARTNER_URL: simulators.gupshupUrl,
    GUPSHUP_PARTNER_TOKEN: "demo-partner-token",
  };
});

const findingsOf = (out: string) => (JSON.parse(out) as { findings: Finding[] }).findings;
const stateOf = (out: string, check: string) => findingsOf(out).find((one) => one.check === check)?.state;

test("an organization that nobody subscribed fails the check, is added, and passes with a message that comes back", async ({
  env,
  bus,
  simulators,
}) => {
  const notices = {
    GUPSHUP_NOTIF_APP_ID: "e0000000-0000-4000-8000-00000000a999",
    GUPSHUP_NOTIF_API_KEY: "demo-key-avisos",
    GUPSHUP_ESCALATION_TEMPLATE_ID: "e5ca1a7e-0000-4000-8000-000000000001",
  };
  const before = await skytide({ ...env, ...notices }, "org", "check", aurora, "--json");
  expect(before.code).toBe(1);
  expect(stateOf(before.out, "subscription")).toBe("failed");
  expect(stateOf(before.out, "webhook")).toBe("ok");
  expect(stateOf(before.out, "notices")).toBe("ok");

  const dry = await skytide(env, "org", "add", aurora, "--app", app);
  expect(dry).toMatchObject({ code: 0, out: "", notes: expect.stringContaining("Nothing was changed") });
  const added = await skytide({ ...env, ...notices }, "org", "add", aurora, "--app", app, "--yes", "--json");
  expect(stateOf(added.out, "subscribe")).toBe("ok");
  expect(added.out).not.toContain("demo-secret-aurora");
  const last = await bus.lastSequence(`ops.${aurora}.audit`);
  const record = operatorActedSchema.parse((await bus.readMessage("OPERATIONS", last))?.json());
  expect(record.data).toMatchObject({ action: "org.add", facts: { app, newSecret: false } });
  const shown = await fetch(`${simulators.gupshupUrl}/simulator/gupshup/subscriptions/${appId}`);
  const { subscriptions } = (await shown.json()) as { subscriptions: unknown[] };
  expect(subscriptions).toMatchObject([
    { tag: "skytide", url: env.WEBHOOK_PUBLIC_URL, headers: { "X-Webhook-Secret": "demo-secret-aurora" } },
  ]);

  simulators.control.customer(demo.customers.laura, { type: "text", text: "Hola", app });
  const sent = await skytide(
    { ...env, ...notices },
    ...["org", "check", aurora, "--test-to", `+${demo.customers.laura}`, "--yes", "--json"],
  );
  expect(findingsOf(sent.out).filter(({ state }) => state === "failed")).toEqual([]);
  expect(stateOf(sent.out, "message")).toBe("ok");
  expect(sent.code).toBe(0);
}, 90_000);

test("a new organization gets a row, a connection and a secret that is shown once; what is missing is said", async ({
  env,
  database,
}) => {
  const given = ["org", "add", salon, "--app", "SalonLuna", "--app-id", "c0000000-0000-4000-8000-00000000a993"];
  expect(await skytide(env, ...given, "--yes")).toMatchObject({
    code: 1,
    notes: expect.stringContaining('--create "Its name"'),
  });
  const made = await skytide(
    { ...env, GUPSHUP_APP_API_KEY: "key-of-luna" },
    ...given,
    ...["--number", "+57 300 000 0003", "--create", "Salón Luna", "--yes", "--json"],
  );
  const { webhookSecret } = JSON.parse(made.out) as { webhookSecret: string };
  expect(webhookSecret).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(made.notes).not.toContain("key-of-luna");
  const rows = await database.sql(
    `select o.name, c.gupshup_app_name as app, c.webhook_secret as secret, c.gupshup_api_key as key
     from platform_connections c join organizations o on o.id = c.organization_id where o.id = $1`,
    [salon],
  );
  expect(rows).toEqual([{ name: "Salón Luna", app: "SalonLuna", secret: webhookSecret, key: "key-of-luna" }]);
  // The simulated partner has no such app; the rest is for the organization to fill in.
  const states = Object.fromEntries(findingsOf(made.out).map(({ check, state }) => [check, state]));
  expect(states).toMatchObject({
    subscribe: "failed",
    connection: "ok",
    secret: "ok",
    webhook: "ok",
    services: "failed",
    hours: "failed",
    recipients: "failed",
  });
  const again = await skytide(env, ...given, "--yes", "--json");
  expect(again.out).not.toContain(webhookSecret);
  const rotated = await skytide(env, ...given, "--rotate-secret", "--yes", "--json");
  expect((JSON.parse(rotated.out) as { webhookSecret: string }).webhookSecret).not.toBe(webhookSecret);
}, 90_000);

test("an app belongs to one organization", async ({ env }) => {
  const taken = await skytide(env, "org", "add", demo.brisa.organizationId, "--app", app, "--yes");
  expect(taken).toMatchObject({ code: 1, notes: expect.stringContaining("another organization's") });
}, 60_000);

test("wrong input is refused before anything is asked", async () => {
  expect(await skytide({}, "org", "check", "Aurora")).toMatchObject({ code: 2 });
  expect(await skytide({}, "org", "add", aurora)).toMatchObject({ code: 2, notes: expect.stringContaining("--app") });
  const number = ["--app", "A", "--number", "12"];
  expect(await skytide({}, "org", "add", aurora, ...number)).toMatchObject({ code: 2 });
});
