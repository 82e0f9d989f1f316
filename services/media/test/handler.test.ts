import { PermanentError, RetryableError } from "@skytide/errors";
import { conversationEventSchema, type MediaDescribed, type MediaType } from "@skytide/events";
import { expect, test } from "vitest";
import { createHandler, type Deps } from "../src/handler.ts";
import { AURORA, CHAT, received, receivedMedia } from "./messages.ts";

const IDENTITY = "10000000-0000-4000-8000-000000000009";
const OGG = Buffer.from("OggS\x00\x02voice");
const JPEG = Buffer.from("\xff\xd8\xff\xe0picture", "latin1");
const PDF = Buffer.from("%PDF-1.7");
const HTML = Buffer.from("<html><script>alert(1)</script>");

function setUp(changes: Partial<Deps> = {}, bytes: Uint8Array = OGG) {
  const published: MediaDescribed[] = [];
  const uploads: { path: string; mimeType: string }[] = [];
  const described: { kind: string; mimeType: string }[] = [];
  const ended: string[] = [];
  const told: (number | string)[] = [];
  const handler = createHandler({
    download: async () => ({ kind: "file", bytes }),
    store: {
      beginMedia: async () => ({ chatIdentityId: IDENTITY }),
      uploadMedia: async ({ path, mimeType }) => {
        uploads.push({ path, mimeType });
        return { path };
      },
    },
    describe: async ({ kind, mimeType }) => {
      described.push({ kind, mimeType });
      return { kind: "text", text: "Hola, quisiera una cita.", truncated: false };
    },
    publish: async (event) => ({ sequence: published.push(event) }),
    known: {
      find: async () => ({
        kind: "ours",
        told: async (at) => void told.push(at),
        letGo: async () => void told.push("let go"),
      }),
    },
    observe: {
      fetched: () => {},
      reused: () => void told.push("reused"),
      ended: ({ event }) => ended.push(event.data.outcome.kind),
    },
    now: () => new Date("2026-11-23T15:00:05Z"),
    ...changes,
  });
  return { handler, published, uploads, described, ended, told };
}

const task = (mediaType: MediaType, replay = false) => ({
  event: receivedMedia(mediaType),
  replay,
  signal: new AbortController().signal,
});

test("a voice note is stored and its transcript published", async () => {
  const { handler, published, uploads, described, ended } = setUp();
  expect(await handler.handle(task("audio"))).toBe("ok");
  const path = `${AURORA}/${IDENTITY}/k1_message.ogg`;
  expect(uploads).toEqual([{ path, mimeType: "audio/ogg" }]);
  expect(described).toEqual([{ kind: "audio", mimeType: "audio/ogg" }]);
  expect(published).toHaveLength(1);
  expect(conversationEventSchema.parse(published[0])).toMatchObject({
    type: "media.described",
    source: "skytide/media",
    org: AURORA,
    chat: CHAT,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data: {
      messageId: "k1_message",
      outcome: { kind: "described", text: "Hola, quisiera una cita." },
      mimeType: "audio/ogg",
      sizeBytes: OGG.byteLength,
      storedPath: path,
    },
  });
  expect(ended).toEqual(["described"]);
});

test("the same message twice is one event by its id, a replay is another", async () => {
  const { handler, published, uploads } = setUp();
  await handler.handle(task("audio"));
  await handler.handle(task("audio"));
  await handler.handle(task("audio", true));
  const [first, second, replay] = published.map(({ id }) => id);
  expect(second).toBe(first);
  expect(replay).not.toBe(first);
  expect(new Set(uploads.map(({ path }) => path)).size).toBe(1);
});

test("what holds no media is skipped", async () => {
  const { handler, published } = setUp();
  const { signal } = new AbortController();
  const events = [received({ kind: "text", text: "Hola" }), received({ kind: "unsupported", what: "poll" }), undefined];
  for (const event of events) expect(await handler.handle({ event, replay: false, signal })).toBe("skipped");
  const [own] = (await run(task("audio"))).published;
  expect(await handler.handle({ event: own, replay: false, signal })).toBe("skipped");
  expect(published).toEqual([]);
});

async function run(of: ReturnType<typeof task>, changes: Partial<Deps> = {}, bytes?: Uint8Array) {
  const all = setUp(changes, bytes);
  await all.handler.handle(of);
  return { ...all, data: all.published[0]?.data };
}

test.for([
  ["image", JPEG, { kind: "described" }, "jpg"],
  ["file", JPEG, { kind: "described" }, "jpg"],
  ["file", PDF, { kind: "not_described", reason: "unsupported" }, "pdf"],
  ["file", HTML, { kind: "not_described", reason: "unsupported" }, "bin"],
  ["video", Buffer.from("\0\0\0\x18ftypmp42"), { kind: "not_described", reason: "unsupported" }, "mp4"],
  ["sticker", Buffer.from("RIFF0000WEBPVP8 "), { kind: "not_described", reason: "unsupported" }, "webp"],
] as const)("a %s with these bytes is stored as what it is", async ([type, bytes, outcome, extension]) => {
  const { data, uploads } = await run(task(type), {}, bytes);
  expect(data?.outcome).toMatchObject(outcome);
  // What was not read is told as what it is.
  expect(data?.label !== undefined).toBe(outcome.kind === "not_described");
  expect(uploads[0]?.path.endsWith(`.${extension}`)).toBe(true);
  expect(data?.storedPath).toBe(uploads[0]?.path);
});

test("a page that comes in place of a picture is neither stored nor described", async () => {
  const { data, uploads, described } = await run(task("image"), {}, HTML);
  expect(data?.outcome).toEqual({ kind: "not_described", reason: "unsupported" });
  expect([...uploads, ...described]).toEqual([]);
});

test.for([
  ["expired", "expired"],
  ["too_large", "too_large"],
  ["refused", "download_failed"],
] as const)("media that are %s say so at once", async ([kind, reason]) => {
  const { data } = await run(task("image"), { download: async () => ({ kind }) });
  expect(data).toEqual({ messageId: "k1_message", outcome: { kind: "not_described", reason } });
});

test.for([
  ["blocked", { kind: "blocked" }, "blocked"],
  ["empty", { kind: "empty" }, "empty"],
  ["only control characters", { kind: "text", text: "\u0000 \u0007", truncated: false }, "empty"],
] as const)("a description that is %s says so, the file stays", async ([, description, reason]) => {
  const { data } = await run(task("audio"), { describe: async () => description });
  expect(data).toMatchObject({ outcome: { kind: "not_described", reason }, storedPath: expect.any(String) });
});

test("bytes that the describer cannot read are not described", async () => {
  const describe = () => Promise.reject(new PermanentError("gemini-bad-request", "no"));
  const { data } = await run(task("audio"), { describe });
  expect(data?.outcome).toEqual({ kind: "not_described", reason: "model_failed" });
});

test("what may pass is thrown, and nothing is published", async () => {
  const failing = () => Promise.reject(new RetryableError("gemini-unavailable", "later"));
  const places: Partial<Deps>[] = [
    { download: failing },
    { describe: failing },
    { store: { beginMedia: failing, uploadMedia: failing } },
  ];
  for (const changes of places) {
    const { handler, published, ended } = setUp(changes);
    await expect(handler.handle(task("audio"))).rejects.toBeInstanceOf(RetryableError);
    expect([...published, ...ended]).toEqual([]);
  }
});

test.for([
  [new RetryableError("gemini-timeout", ""), "timeout"],
  [new RetryableError("gemini-unavailable", ""), "model_failed"],
  [new RetryableError("gemini-circuit-open", ""), "model_failed"],
  [new RetryableError("download-failed", ""), "download_failed"],
  [new PermanentError("storage-413", ""), "download_failed"],
  [new TypeError("a bug"), "download_failed"],
] as const)("%s at the end of the time is published as %s", async ([error, reason]) => {
  const { handler, published } = setUp();
  await handler.giveUp(task("audio"), error);
  expect(published[0]?.data.outcome).toEqual({ kind: "not_described", reason });
});

test("giving up a description keeps the file where it can still be had", async () => {
  const given = setUp();
  await given.handler.giveUp(task("audio"), new RetryableError("gemini-unavailable", ""));
  expect(given.published[0]?.data.storedPath).toBe(given.uploads[0]?.path);

  const gone = setUp({ download: () => Promise.reject(new RetryableError("download-failed", "")) });
  await gone.handler.giveUp(task("audio"), new RetryableError("gemini-unavailable", ""));
  expect(gone.published[0]?.data).toEqual({
    messageId: "k1_message",
    outcome: { kind: "not_described", reason: "model_failed" },
  });
});

test("giving up what is no medium publishes nothing", async () => {
  const { handler, published } = setUp();
  const { signal } = new AbortController();
  await handler.giveUp({ event: received({ kind: "text", text: "Hola" }), replay: false, signal }, new Error("x"));
  expect(published).toEqual([]);
});

test("content that was described before is not described again, and the log says the same words", async () => {
  const outcome = { kind: "described", text: "Promoción de noviembre" } as const;
  const known = { find: async () => ({ kind: "told", outcome }) as const };
  const { data, described, told } = await run(task("image"), { known }, JPEG);
  expect(data?.outcome).toEqual(outcome);
  expect(described).toEqual([]);
  expect(told).toEqual(["reused"]);
});

test("what the log says is remembered, and a description that fails lets others try", async () => {
  expect((await run(task("audio"))).told).toEqual([1]);
  const failing = setUp({ describe: () => Promise.reject(new RetryableError("gemini-unavailable", "later")) });
  await expect(failing.handler.handle(task("audio"))).rejects.toMatchObject({ code: "gemini-unavailable" });
  expect(failing.told).toEqual(["let go"]);
});

test("content that is being described elsewhere is waited for, but rather described twice than not at all", async () => {
  const known = { find: async () => ({ kind: "elsewhere" }) as const };
  const young = setUp({ known });
  await expect(young.handler.handle(task("audio"))).rejects.toMatchObject({ code: "description-under-way" });
  const old = setUp({ known, now: () => new Date("2026-11-23T15:00:09Z") });
  expect(await old.handler.handle(task("audio"))).toBe("ok");
  expect(old.described).toHaveLength(1);
});

test("a replay is described anew, and a bucket that is away keeps no words away", async () => {
  const known = { find: async () => ({ kind: "told", outcome: { kind: "described", text: "antes" } }) as const };
  expect((await run(task("audio", true), { known })).data?.outcome).toMatchObject({ text: "Hola, quisiera una cita." });
  const away = { find: () => Promise.reject(new RetryableError("log-unavailable", "away")) };
  expect((await run(task("audio"), { known: away })).data?.outcome).toMatchObject({ kind: "described" });
});
