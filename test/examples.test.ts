import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { newConversation } from "@skytide/testing";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { isSigned } from "../examples/webhooks/sign.ts";
import { type AccountsServer, startAccountsServer } from "../libs/bus/test/accounts-server.ts";
import {
  appointment,
  countSeen,
  EXAMPLES,
  newSubscriber,
  publishBookings,
  readTable,
  run,
} from "./example-programs.ts";

let server: AccountsServer;
let folder: string;
beforeAll(async () => {
  server = await startAccountsServer();
  folder = await mkdtemp(join(tmpdir(), "skytide-examples-"));
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a subscriber killed in the middle and started again has every booking once", { timeout: 60_000 }, async () => {
  const { conversation, env } = await newSubscriber(server);
  const path = join(folder, "bookings.sqlite");
  const wanted = await publishBookings(server, conversation, 120);
  const first = run("bookings/subscriber.ts", path, env);
  await vi.waitFor(() => expect(readTable(path).size).toBeGreaterThan(20), { timeout: 15_000, interval: 5 });
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(readTable(path).size).toBeLessThan(wanted.size);
  const second = run("bookings/subscriber.ts", path, env);
  await vi.waitFor(() => expect(readTable(path)).toEqual(wanted), { timeout: 20_000, interval: 200 });
  const more = await publishBookings(server, conversation, 5);
  await vi.waitFor(() => expect(readTable(path)).toEqual(new Map([...wanted, ...more])), { timeout: 10_000 });
  expect(countSeen(path)).toBe(120 + 60 + 5 + 3);
  second.kill("SIGTERM");
  expect(await once(second, "exit")).toEqual([0, null]);
});

test("a webhook gets every event signed; what fails comes again, what is refused becomes a dead letter", async () => {
  const { conversation, env } = await newSubscriber(server);
  const secret = "a-secret-of-the-receiver";
  const ids = [...Array(4)].map(() => crypto.randomUUID());
  const taken: string[] = [];
  const tries = new Map<string, number>();
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString("utf8");
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    expect(isSigned(secret, headers, body)).toBe(true);
    expect(isSigned(secret, headers, `${body} `)).toBe(false);
    expect(isSigned("another", headers, body)).toBe(false);
    expect(isSigned(secret, headers, body, new Date(Date.now() + 600_000))).toBe(false);
    const { data, specversion } = JSON.parse(body);
    expect([specversion, headers["content-type"]]).toEqual(["1.0", "application/cloudevents+json"]);
    const times = (tries.get(data.appointmentId) ?? 0) + 1;
    tries.set(data.appointmentId, times);
    // The first fails twice, the second is refused, the third always fails.
    const place = ids.indexOf(data.appointmentId);
    const status = place === 0 && times <= 2 ? 503 : place === 1 ? 422 : place === 2 ? 500 : 204;
    if (status === 204) taken.push(data.appointmentId);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void receiver.close());
  const address = receiver.address();
  const WEBHOOK_URL = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const ingest = await server.busOf("ingest");
  for (const id of ids) await ingest.publish(appointment(conversation, id, "appointment.booked"));
  const letters = join(folder, "dead-letters.jsonl");
  const settings = { WEBHOOK_URL, WEBHOOK_SECRET: secret, WEBHOOK_ATTEMPTS: "3", WEBHOOK_PAUSE_MS: "50" };
  const bridge = run("webhooks/bridge.ts", letters, { ...env, ...settings });
  await vi.waitFor(() => expect(readFileSync(letters, "utf8").trim().split("\n")).toHaveLength(2), { timeout: 15_000 });
  await vi.waitFor(() => expect(taken.toSorted()).toEqual([ids[0], ids[3]].toSorted()), { timeout: 10_000 });
  expect(ids.map((id) => tries.get(id))).toEqual([3, 1, 3, 1]);
  const dead = readFileSync(letters, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(dead.map(({ verdict, attempts }) => `${verdict} ${attempts}`).toSorted()).toEqual(["again 3", "refused 1"]);
  expect(JSON.stringify(dead)).not.toContain(conversation.chat);
  bridge.kill("SIGTERM");
  expect(await once(bridge, "exit")).toEqual([0, null]);
});

test("the pipe behind the nats command line fills the same table; the command line itself is a stand-in", async () => {
  const conversation = newConversation();
  const id = crypto.randomUUID();
  const events = ["appointment.booked", "appointment.cancelled"] as const;
  const lines = [...events, ...events].map((type, index) => ({
    ...appointment(conversation, id, type),
    time: new Date(Date.UTC(2026, 10, 22, 12, index % 2)).toISOString(),
  }));
  const nats = join(folder, "nats");
  await writeFile(nats, `#!/bin/sh\ncat <<'EOF'\n${lines.map((line) => JSON.stringify(line)).join("\n")}\nEOF\n`);
  await chmod(nats, 0o755);
  const path = join(folder, "cli.sqlite");
  const PATH = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { PATH, NATS_URL: server.url, NATS_NKEY_SEED: "SU", SKYTIDE_DURABLE: "ext" };
  await promisify(execFile)(join(EXAMPLES, "nats-cli", "bookings.sh"), [path], { env });
  expect(readTable(path)).toEqual(new Map([[id, "cancelada"]]));
});
