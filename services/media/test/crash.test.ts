import { crashOnceAt, until } from "@skytide/testing";
import { expect } from "vitest";
import { describedOf, send, startMedia, test, untilDescribed } from "./fixtures.ts";

test("kill -9 in the middle of one description and right after another one: each is on the log once", {
  timeout: 60_000,
}, async ({ nats, bus, outside }) => {
  const crashing = await startMedia(nats.url, outside, await crashOnceAt("media:after_effect_before_ack"));
  outside.gemini.set(Buffer.from("OggSa medias").toString("base64"), [() => {}]);
  const halfway = await send(bus, outside, "a medias");
  await until(() => expect(outside.asked).toContain(halfway.data));
  const published = await send(bus, outside, "ya publicado");
  await crashing.ended;
  expect(await describedOf(bus, published)).toHaveLength(1);
  expect(await describedOf(bus, halfway)).toHaveLength(0);

  await startMedia(nats.url, outside, { MEDIA_WAIT_MS: "60000" });
  await untilDescribed(bus, halfway);
  await until(async () =>
    expect(await bus.consumerInfo("CONVERSATIONS", "media")).toMatchObject({ ackPending: 0, pending: 0 }),
  );
  for (const sent of [halfway, published]) expect(await describedOf(bus, sent)).toHaveLength(1);
});
