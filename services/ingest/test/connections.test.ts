import { expect, test } from "vitest";
import { createConnectionDirectory } from "../src/connections.ts";
import { aurora, brisa } from "./builders.ts";

async function directoryOf(...rows: (typeof aurora)[]) {
  const directory = createConnectionDirectory(async () => rows);
  await directory.refresh();
  return directory;
}

test("an app is found by its name, by its id, or by both", async () => {
  const directory = await directoryOf(aurora, brisa);
  const found = { kind: "found", connection: aurora };
  expect(directory.resolve({ name: "AuroraDemo" })).toEqual(found);
  expect(directory.resolve({ id: aurora.appId ?? "" })).toEqual(found);
  expect(directory.resolve({ name: "AuroraDemo", id: aurora.appId ?? "" })).toEqual(found);
});

test("a name of one connection with the id of another is unknown", async () => {
  const directory = await directoryOf(aurora, brisa);
  expect(directory.resolve({ name: "AuroraDemo", id: brisa.appId ?? "" })).toEqual({ kind: "unknown" });
  expect(directory.resolve({ name: "AuroraDemo", id: "somebody-else" })).toEqual({ kind: "unknown" });
});

test("an app that was renamed is still found by its id", async () => {
  const directory = await directoryOf(aurora);
  expect(directory.resolve({ name: "AuroraNueva", id: aurora.appId ?? "" })).toMatchObject({ kind: "found" });
});

test("a connection whose id is not known yet is found by its name", async () => {
  const directory = await directoryOf({ ...aurora, appId: null });
  expect(directory.resolve({ name: "AuroraDemo", id: "x" })).toMatchObject({ kind: "found" });
});

test("a name that two organizations have is nobody's without the id", async () => {
  const directory = await directoryOf(aurora, { ...brisa, appName: "AuroraDemo" });
  expect(directory.resolve({ name: "AuroraDemo" })).toEqual({ kind: "unknown" });
  expect(directory.resolve({ name: "AuroraDemo", id: brisa.appId ?? "" })).toMatchObject({
    connection: { organizationId: brisa.organizationId },
  });
});

test("other platforms and what is switched off are unknown", async () => {
  const directory = await directoryOf({ ...aurora, platform: "instagram" }, { ...brisa, isActive: false });
  expect(directory.resolve({ name: "AuroraDemo" })).toEqual({ kind: "unknown" });
  expect(directory.resolve({ name: "BrisaDemo" })).toEqual({ kind: "unknown" });
});

test("the last good copy survives a failed reading, and there is none before the first", async () => {
  let rows: (typeof aurora)[] | undefined;
  const directory = createConnectionDirectory(async () => {
    if (rows === undefined) throw new Error("the database is away");
    return rows;
  });
  await expect(directory.refresh()).rejects.toThrow();
  expect(directory.resolve({ name: "AuroraDemo" })).toEqual({ kind: "not-loaded" });
  rows = [aurora];
  expect(await directory.refresh()).toEqual([aurora]);
  rows = undefined;
  await expect(directory.refresh()).rejects.toThrow();
  expect(directory.resolve({ name: "AuroraDemo" })).toMatchObject({ kind: "found" });
});

test("a reading says which connections are new, and which lost or got their secret", async () => {
  let rows = [aurora];
  const directory = createConnectionDirectory(async () => rows);
  expect(await directory.refresh()).toEqual([aurora]);
  expect(await directory.refresh()).toEqual([]);
  rows = [{ ...aurora, webhookSecret: null }];
  expect(await directory.refresh()).toEqual(rows);
});
