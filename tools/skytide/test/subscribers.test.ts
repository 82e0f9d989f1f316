import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { addSubscriber, connectBus, createUserSeeds, provision, renderAccounts, renderSubscribers } from "@skytide/bus";
import { startNatsServer } from "@skytide/embedded";
import { test as base, demo } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

const { organizationId } = demo.aurora;

/** A nats-server with accounts, and what an operator's environment says of it. */
const test = base.extend(
  "env",
  { scope: "file" },
  async (
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
    {},
    { onCleanup },
  ) => {
    const dataDir = await mkdtemp(join(tmpdir(), "skytide-subscribers-"));
    const seeds = createUserSeeds();
    const server = await startNatsServer({
      ...{ dataDir, port: "free", monitorPort: "free" },
      accounts: { "accounts.conf": renderAccounts(seeds), "subscribers.conf": renderSubscribers([]) },
    });
    const bus = await connectBus({
      servers: server.url,
      name: "provisioner",
      nkeySeed: seeds.provisioner,
      inboxPrefix: "_INBOX_provisioner",
    });
    await provision(bus, { maxBytes: 64 * 1024 * 1024 });
    await bus.drain();
    onCleanup(async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    return {
      NATS_URL: server.url,
      NATS_NKEY_SEED: seeds.operator,
      NATS_RELOADER_SEED: seeds.reloader,
      NATS_SUBSCRIBERS_FILE: join(dataDir, "subscribers.conf"),
    };
  },
);

/** True when the server lets the key in. */
async function isLetIn(servers: string, nkeySeed: string): Promise<boolean> {
  try {
    const bus = await connectBus({ servers, name: "subscriber", nkeySeed });
    await bus.drain();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "log-refused" });
    return false;
  }
}

test("a subscriber is added, shown once with its key, listed, revoked and cut off", async ({ env }) => {
  const named = [organizationId, "--name", "erp"];
  const dry = await skytide(env, "subscribers", "add", ...named);
  expect(dry.notes).toContain("Nothing was changed");
  expect(JSON.parse((await skytide(env, "subscribers", "list", "--json")).out)).toEqual([]);

  const added = await skytide(env, "subscribers", "add", ...named, "--yes");
  const access = parseEnv(added.out);
  expect(access).toMatchObject({ SKYTIDE_DURABLE: `ext-${organizationId}-erp`, SKYTIDE_API_PREFIX: "$JS.skytide.API" });
  expect(await isLetIn(env.NATS_URL, access.NATS_NKEY_SEED ?? "")).toBe(true);
  const listed = await skytide(env, "subscribers", "list", organizationId);
  expect(listed.out).toContain("erp");
  expect(listed.out).not.toContain(access.NATS_NKEY_SEED);
  expect(await skytide(env, "subscribers", "add", ...named, "--yes")).toMatchObject({ code: 1 });

  expect(await skytide(env, "subscribers", "replay", ...named, "--from", "2h", "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining(`ext-${organizationId}-erp-replay`),
  });
  const paced = [...named, "--sequence", "1", "--rate", "20"];
  expect(await skytide(env, "subscribers", "replay", ...paced, "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("20 events a second, by its client"),
  });
  for (const rate of ["0", "fast", "0.5"]) {
    expect(await skytide(env, "subscribers", "replay", ...paced, "--rate", rate, "--yes")).toMatchObject({ code: 2 });
  }
  expect(await skytide(env, "subscribers", "replay", ...named, "--end", "--yes")).toMatchObject({ code: 0 });
  expect(await skytide(env, "subscribers", "replay", ...named, "--yes")).toMatchObject({ code: 2 });

  expect(await skytide(env, "subscribers", "revoke", ...named, "--yes")).toMatchObject({ code: 0 });
  expect(await isLetIn(env.NATS_URL, access.NATS_NKEY_SEED ?? "")).toBe(false);
  expect(await skytide(env, "subscribers", "revoke", ...named, "--yes")).toMatchObject({ code: 1 });
  expect(await skytide(env, "subscribers", "list", "no-uuid")).toMatchObject({ code: 2 });
});

test("a key that has expired is not let in, and the list says why", async ({ env }) => {
  const bus = await connectBus({
    servers: env.NATS_URL,
    name: "operator",
    nkeySeed: env.NATS_NKEY_SEED,
    inboxPrefix: "_INBOX_operator",
  });
  const expiresAt = new Date(Date.now() - 1_000);
  const { seed } = await addSubscriber(bus, { organizationId, label: "trial", expiresAt });
  await skytide(env, "subscribers", "sync", "--yes");
  expect(await isLetIn(env.NATS_URL, seed)).toBe(false);
  expect((await skytide(env, "subscribers", "list")).out).toContain("expired");
  await bus.drain();
});

test("a configuration that the server refuses is told, and the old one stays", async ({ env }) => {
  const before = await readFile(env.NATS_SUBSCRIBERS_FILE, "utf8");
  await writeFile(env.NATS_SUBSCRIBERS_FILE, "nonsense [");
  expect(await skytide(env, "nats", "reload", "--yes")).toMatchObject({ code: 1 });
  await writeFile(env.NATS_SUBSCRIBERS_FILE, before);
  expect(await skytide(env, "nats", "reload", "--yes")).toMatchObject({ code: 0, out: "1 server reloaded." });
});

test("the same table is rendered for compose and Kubernetes; keys are made once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skytide-config-"));
  const keys = ["--keys", join(folder, "keys"), "--first"];
  await skytide({}, "nats", "config", "--for", "compose", ...keys, "--out", folder);
  const rendered = await readFile(join(folder, "accounts.conf"), "utf8");
  const manifests = JSON.parse((await skytide({}, "nats", "config", "--for", "kubernetes", ...keys)).out);
  expect(manifests.items[0].stringData["accounts.conf"]).toBe(rendered);
  const { NATS_NKEY_SEED } = parseEnv(await readFile(join(folder, "keys", "media.env"), "utf8"));
  const secret = manifests.items.find(
    ({ metadata }: { metadata: { name: string } }) => metadata.name === "skytide-nats-media",
  );
  expect(secret.stringData).toEqual({ NATS_NKEY_SEED });
  expect(rendered).not.toContain(NATS_NKEY_SEED);
  expect(await skytide({}, "nats", "config", "--for", "laptop", ...keys)).toMatchObject({ code: 2 });
  await rm(folder, { recursive: true, force: true });
});
