import type { Conversation } from "@skytide/bus";
import { createEvent, type StateCommitted } from "@skytide/events";
import { expect, test } from "vitest";
import { readTurnInput } from "../../src/turn/turn-input.ts";
import { chat, described, organizationId, received, stored } from "../events.ts";

const now = new Date(100_000);
const reading = { now, mediaWaitMs: 20_000 };

function conversation(
  inbound: Conversation["inbound"],
  remembered: Partial<StateCommitted["data"]> = {},
): Conversation {
  const event = createEvent({
    type: "state.committed",
    id: "s1",
    source: "brain",
    time: new Date(0),
    organizationId,
    chat,
    data: {
      machine: "conversation",
      version: 1,
      snapshot: null,
      cursor: { inbound: 0, handoff: 0, streamCreatedAt: "t0" },
      history: [],
      seen: [],
      pendingMedia: [],
      ...remembered,
    },
  });
  return {
    state: { sequence: 1, publishedAt: new Date(0), event },
    inbound,
    handoff: [],
    last: { state: 1, inbound: inbound.at(-1)?.sequence ?? 0, handoff: 0 },
    streamCreatedAt: "t0",
    cursorValid: true,
    unreadable: [],
  };
}

const photo = { kind: "media", mediaType: "image", url: "https://example.test/1", caption: "mira" } as const;

function read(of: Conversation, how: Parameters<typeof readTurnInput>[2]) {
  return readTurnInput(of, of.state?.event.data ?? { seen: [], pendingMedia: [] }, how);
}

function ready(result: ReturnType<typeof readTurnInput>) {
  if (result.kind !== "ready") throw new Error(`expected ready, got ${result.kind}`);
  return result.input;
}

test("a burst is one utterance in log order", () => {
  const input = ready(
    read(conversation(stored(received("m1", "hola", 10), received("m2", "¿hay cita mañana?", 20))), reading),
  );
  expect(input.said?.text).toBe("hola\n¿hay cita mañana?");
  expect(input.messageIds).toEqual(["m1", "m2"]);
  expect(input.firstAt).toEqual(new Date(10));
  expect(input.cursor).toEqual({ inbound: 2, handoff: 0, streamCreatedAt: "t0" });
  expect(input.seen).toEqual(["m1", "m2"]);
  expect(input.customer).toMatchObject({ phone: "573001110001", lastMessageAt: new Date(20).toISOString() });
});

test("a message that the conversation has taken in, or that comes twice, is not answered again", () => {
  expect(read(conversation(stored(received("m1", "hola")), { seen: ["m1"] }), reading).kind).toBe("nothing-new");
  expect(ready(read(conversation(stored(received("m1", "hola"), received("m1", "hola"))), reading)).said?.text).toBe(
    "hola",
  );
});

test("a message that was taken back is not answered", () => {
  const taken = createEvent({
    type: "message.deleted",
    id: "d1",
    source: "ingest",
    time: new Date(0),
    organizationId,
    chat,
    data: { messageId: "m1" },
  });
  expect(read(conversation(stored(received("m1", "hola"), taken)), reading).kind).toBe("nothing-new");
});

test("media without its description is waited for, then answered as unreadable and remembered", () => {
  const young = read(conversation(stored(received("m1", photo, 90_000))), reading);
  expect(young).toEqual({ kind: "waiting-for-media", until: new Date(110_000), firstAt: new Date(90_000) });
  const old = ready(read(conversation(stored(received("m1", photo, 70_000))), reading));
  expect(old.said?.messages).toEqual([
    { id: "m1", kind: "media", mediaType: "image", text: "mira", mediaUnreadable: true },
  ]);
  expect(old.pendingMedia).toEqual(["m1"]);
});

test("a description stands beside its caption and ends the waiting; one that failed ends it too", () => {
  const input = ready(
    read(conversation(stored(received("m1", photo, 99_000), described("m1", "una uña rota"))), reading),
  );
  expect(input.said?.text).toBe("mira\nuna uña rota");
  expect(input.pendingMedia).toEqual([]);
  const failed = ready(read(conversation(stored(received("m1", photo, 99_000), described("m1", null))), reading));
  expect(failed.said?.messages[0]).toMatchObject({ mediaUnreadable: true });
  expect(failed.pendingMedia).toEqual([]);
});

test("a description that comes after its turn is a new turn", () => {
  const late = conversation(stored(described("m0", "quiero una limpieza")), { pendingMedia: ["m0"], seen: ["m0"] });
  const input = ready(read(late, reading));
  expect(input.said?.messages).toEqual([
    { id: "m0", kind: "media", mediaType: "audio", text: "quiero una limpieza", mediaUnreadable: false },
  ]);
  expect(input.pendingMedia).toEqual([]);
});

test("a customer who sends one picture after the other is not kept waiting beyond the cap", () => {
  const photos = [0, 10_000, 20_000, 30_000, 40_000].map((at) => received(`m${at}`, photo, at));
  const waiting = { now: new Date(29_999), mediaWaitMs: 20_000, debounceMaxMs: 30_000 };
  expect(read(conversation(stored(...photos)), waiting)).toMatchObject({ until: new Date(30_000) });
  const over = ready(read(conversation(stored(...photos)), { ...waiting, now: new Date(30_000) }));
  expect(over.pendingMedia).toHaveLength(5);
});

test("a turn that has acted reads no further than it had read", () => {
  const both = conversation(stored(received("m1", "sí"), received("m2", "mejor a las 11")));
  const input = ready(read(both, { ...reading, limit: { inbound: 1, handoff: 0 } }));
  expect(input.said?.text).toBe("sí");
  expect(input.cursor.inbound).toBe(1);
});

test("only the last 128 ids are kept", () => {
  const many = Array.from({ length: 130 }, (_, index) => received(`m${index}`, "x"));
  const input = ready(read(conversation(stored(...many)), reading));
  expect(input.seen).toHaveLength(128);
  expect(input.seen.at(-1)).toBe("m129");
});
