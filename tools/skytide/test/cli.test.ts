import { connectBus } from "@skytide/bus";
import { operatorActedSchema } from "@skytide/events";
import { test } from "@skytide/testing";
import { expect } from "vitest";
import { skytide } from "./cli.ts";

test("the help names every command and how the fleet is found", async () => {
  const { code, out } = await skytide({}, "--help");
  expect(code).toBe(0);
  expect(out).toContain("lag");
  expect(out).toContain("NATS_URL");
});

test("an unknown command and a wrong value exit with 2 and show the help", async () => {
  expect(await skytide({}, "leg")).toMatchObject({ code: 2, notes: expect.stringContaining("Did you mean lag?") });
  expect(await skytide({}, "streams", "plan", "--replicas", "0")).toMatchObject({
    code: 2,
    notes: expect.stringContaining("whole number"),
  });
});

test("a wrong setting exits with 78 and names it", async () => {
  expect(await skytide({ NATS_URL: "ftp://x y" }, "lag")).toMatchObject({
    code: 78,
    notes: expect.stringContaining("NATS_URL"),
  });
});

test("a server that is not there is one sentence", async () => {
  const { code, notes } = await skytide({ NATS_URL: "nats://127.0.0.1:1" }, "lag");
  expect(code).toBe(1);
  expect(notes).toBe("skytide: No NATS server answers at nats://127.0.0.1:1. (log-unreachable)");
});

test("streams plan changes nothing, apply without --yes neither, apply --yes creates everything and is recorded", async ({
  nats,
}) => {
  const env = { NATS_URL: nats.url };
  const size = ["--max-gb", "1"];
  const planned = await skytide(env, "streams", "plan", ...size, "--json");
  const wanted = JSON.parse(planned.out).created;
  expect(wanted).toContain("CONVERSATIONS/debounce");
  expect(await skytide(env, "lag")).toMatchObject({
    out: expect.stringContaining("missing: run skytide streams apply"),
  });

  const dry = await skytide(env, "streams", "apply", ...size);
  expect(dry.notes).toContain("Nothing was changed");
  expect(JSON.parse((await skytide(env, "streams", "plan", ...size, "--json")).out).created).toEqual(wanted);

  const first = await skytide(env, "streams", "apply", ...size, "--yes", "--json");
  expect(JSON.parse(first.out).created).toEqual(wanted);
  expect((await skytide(env, "lag")).out).not.toContain("missing");

  const again = await skytide(env, "streams", "apply", ...size, "--yes");
  expect(again.out).toContain("as they should be");
  const bus = await connectBus({ servers: nats.url, name: "test" });
  const last = await bus.lastSequence("ops.fleet.audit");
  const record = operatorActedSchema.parse((await bus.readMessage("OPERATIONS", last))?.json());
  expect(record.data).toEqual({
    operator: "tester",
    action: "streams.apply",
    facts: { maxBytes: 1024 ** 3, created: 0 },
  });
  await bus.drain();
});
