import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNatsServer } from "@skytide/embedded";
import { buildEvent, demo, messageReceived, newConversation, test } from "@skytide/testing";
import { expect, onTestFinished } from "vitest";
import { skytide } from "./cli.ts";

const { organizationId } = demo.aurora;

test("a backup goes to a new folder, and comes back to a server that has none of the streams, with --yes", async ({
  nats,
  bus,
}) => {
  const root = await mkdtemp(join(tmpdir(), "skytide-backup-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, "kept");
  const env = { NATS_URL: nats.url };
  const { sequence } = await bus.publish(messageReceived(newConversation()));
  const kept = JSON.parse((await skytide(env, "--json", "backup", folder)).out) as { stream: string }[];
  expect(kept).toContainEqual(expect.objectContaining({ stream: "CONVERSATIONS", lastSequence: sequence }));
  expect(await readdir(join(folder, "CONVERSATIONS"))).toEqual(["backup.json", "stream.tar.s2"]);
  expect(await skytide(env, "backup", folder)).toMatchObject({ code: 1, notes: expect.stringContaining("not empty") });
  expect(await skytide(env, "restore", root)).toMatchObject({ code: 1, notes: expect.stringContaining("no stream") });
  // Nothing is written over.
  expect(await skytide(env, "restore", folder, "--yes")).toMatchObject({ code: 1 });

  const other = await startNatsServer({ dataDir: join(root, "other"), port: "free", monitorPort: "free" });
  onTestFinished(() => other.stop());
  const fresh = { NATS_URL: other.url };
  expect(await skytide(fresh, "restore", folder)).toMatchObject({ code: 0, out: "" });
  const restored = await skytide(fresh, "--json", "restore", folder, "--past", String(sequence + 20), "--yes");
  expect(JSON.parse(restored.out)).toMatchObject({ skipped: 20, restored: expect.any(Array) });
  expect((await skytide(fresh, "streams", "plan")).out).toContain("KV_LEASES");
});

test("what the log told and the database forgot is named, what only the database has is told again", async ({
  nats,
  bus,
  database,
}) => {
  const env = { NATS_URL: nats.url, SUPABASE_URL: database.url, SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey };
  const since = new Date(Date.now() - 1_000).toISOString();
  const conversation = newConversation(organizationId);
  const appointmentId = crypto.randomUUID();
  await bus.publish(
    buildEvent(conversation, "appointment.booked", {
      ...{ appointmentId, contactId: crypto.randomUUID(), serviceId: null, memberId: null, date: "2026-12-01" },
      ...{ startTime: "10:00", endTime: "11:00", startsAt: "2026-12-01T15:00:00Z", timezone: "America/Bogota" },
      status: "programada",
    }),
  );
  await database.sql(
    "insert into outbox (organization_id, type, data, published_at) values ($1, 'contact.created', '{}', now())",
    [organizationId],
  );
  const found = JSON.parse((await skytide(env, "--json", "reconcile", "--since", since)).out);
  expect(found).toMatchObject({
    forgotten: [{ organizationId, chat: conversation.chat, appointmentId, status: "programada" }],
    different: [],
    sequences: { inDatabase: 0 },
  });
  const told = () => database.sql("select 1 from outbox where published_at is null and data = '{}'");
  expect((await skytide(env, "reconcile", "--since", since, "--publish-again")).notes).toContain("--yes");
  expect(await told()).toEqual([]);
  await skytide(env, "reconcile", "--since", since, "--publish-again", "--record-again", "--yes");
  expect(await told()).toHaveLength(1);
  expect((await bus.consumerInfo("CONVERSATIONS", "recorder")).delivered).toBe(0);
});
