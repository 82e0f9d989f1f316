import type { Bus, BusMessage } from "@skytide/bus";
import { expect, test } from "vitest";
import { checkEvents, messageReceived, newConversation } from "../src/index.ts";

const log = (...events: unknown[]): Pick<Bus, "follow"> => ({
  async *follow() {
    for (const event of events) yield { json: () => event } as BusMessage;
  },
});

test("a valid event is counted; one that breaks its schema and one without a schema are named, without their words", async () => {
  const valid = messageReceived(newConversation(), "a secret");
  const { org: _, ...lacking } = valid;
  const retyped = { ...valid, data: { ...valid.data, sentAt: 7 } };
  const unknown = { ...valid, dataschema: "skytide/message.received/v9" };
  const { total, counts, invalid } = await checkEvents(log(valid, lacking, retyped, unknown));
  expect({ total, counts }).toEqual({ total: 4, counts: { "message.received": 4 } });
  expect(invalid).toEqual([
    "message.received required",
    "message.received/data/sentAt type",
    "message.received: no schema skytide/message.received/v9",
  ]);
  expect(await checkEvents(log())).toMatchObject({ total: 0, invalid: [] });
});
