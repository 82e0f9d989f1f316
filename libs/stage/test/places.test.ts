import { expect, test } from "vitest";
import { createPlaces } from "../src/places.ts";

const LONG_MS = 60_000;

test("an organization has so many places and no more; another has its own", async () => {
  const places = createPlaces(2);
  expect(await Promise.all([places.take("a", 0), places.take("a", 0), places.take("b", 0)])).toEqual([
    true,
    true,
    true,
  ]);
  expect(await places.take("a", 0)).toBe(false);
  expect(await places.take("b", 0)).toBe(true);
});

test("a place that comes free goes to who waits for it longest", async () => {
  const places = createPlaces(1);
  await places.take("a", 0);
  const given: string[] = [];
  const waits = ["first", "second"].map(async (name) => {
    if (await places.take("a", LONG_MS)) given.push(name);
  });
  places.release("a");
  await waits[0];
  expect(given).toEqual(["first"]);
  places.release("a");
  await waits[1];
  expect(given).toEqual(["first", "second"]);
});

test("who gave up waiting gets nothing, and the place is free again", async () => {
  const places = createPlaces(1);
  await places.take("a", 0);
  expect(await places.take("a", 0)).toBe(false);
  places.release("a");
  expect(await places.take("a", 0)).toBe(true);
});
