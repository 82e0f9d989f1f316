import { chatOf, hashKeysSchema, type MediaDescribed } from "@skytide/events";
import { demo, type TestDatabase } from "@skytide/testing";
import { expect } from "vitest";
import { addressOf, test as base, describedOf, HASH_KEYS, startMedia } from "./fixtures.ts";
import { received } from "./messages.ts";

const { laura } = demo.customers;
const hashKeys = hashKeysSchema.parse(HASH_KEYS);

/** Laura sends a sample to an organization; what comes back is what the log says about it. */
type Send = (
  organization: typeof demo.aurora | typeof demo.brisa,
  type: "audio" | "image",
  sample: string,
  before?: () => void,
) => Promise<MediaDescribed["data"]>;

const test = base.extend("send", async ({ nats, bus, outside, database, simulators }): Promise<Send> => {
  simulators.control.setWebhookUrl(`${outside.url}/webhook`);
  simulators.control.setGeminiFaults([]);
  await startMedia(nats.url, outside, {
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
    GEMINI_BASE_URL: simulators.geminiUrl,
    MEDIA_ALLOWED_HOSTS: new URL(simulators.gupshupUrl).origin,
  });
  return async ({ app, organizationId }, type, sample, before) => {
    const { messageId } = await simulators.control.customer(laura, { app, type, sample });
    const bubble = simulators.control.conversation(app, laura).bubbles.find(({ id }) => id === messageId);
    if (bubble?.content.kind !== "media") throw new Error("the simulated customer sent no media");
    before?.();
    const conversation = { organizationId, chat: chatOf(hashKeys, organizationId, "whatsapp", laura) };
    const id = `k1_${crypto.randomUUID()}`;
    const message = received({ kind: "media", mediaType: type, url: bubble.content.url }, id);
    await bus.publish({ ...message, ...addressOf(conversation) });
    const described = async () =>
      (await describedOf(bus, { conversation })).find((description) => description.messageId === id);
    await expect.poll(described, { timeout: 60_000, interval: 100 }).toBeDefined();
    return (await described()) ?? expect.unreachable();
  };
});

async function fileAt({ url, serviceRoleKey }: TestDatabase, path: string | undefined): Promise<Response> {
  return await fetch(`${url}/storage/v1/object/chat-media/${path}`, {
    headers: { authorization: `Bearer ${serviceRoleKey}`, apikey: serviceRoleKey },
  });
}

test("two organizations' media are described and kept apart", { timeout: 60_000 }, async ({ send, database }) => {
  const inAurora = await send(demo.aurora, "audio", "nota-cita");
  const inBrisa = await send(demo.brisa, "image", "foto-comprobante");
  expect(inAurora.outcome).toMatchObject({ kind: "described", text: expect.stringContaining("cita para mañana") });
  expect(inBrisa.outcome).toMatchObject({ kind: "described", text: expect.stringContaining("$80.000") });

  const rows = await database.sql<{ organization_id: string; id: string }>(
    "select organization_id, id from chat_identities where platform_user_id = $1 order by organization_id",
    [laura],
  );
  expect(rows.map((row) => row.organization_id)).toEqual([demo.aurora.organizationId, demo.brisa.organizationId]);
  expect([inAurora, inBrisa].map(({ storedPath }) => storedPath?.split("/").slice(0, 2))).toEqual(
    rows.map((row) => [row.organization_id, row.id]),
  );
  const voice = await fileAt(database, inAurora.storedPath);
  expect(voice.headers.get("content-type")).toBe("audio/ogg");
  expect((await voice.arrayBuffer()).byteLength).toBe(inAurora.sizeBytes);
});

test("what is too large, too old or not what it says is told so and not kept", async ({ send, simulators }) => {
  const large = await send(demo.aurora, "image", "demasiado-grande");
  const page = await send(demo.aurora, "image", "falsa-foto");
  const old = await send(demo.aurora, "image", "foto-piel", () => simulators.control.expireMedia());
  const endings = [large, page, old].map(({ outcome, storedPath }) => ({ outcome, storedPath }));
  expect(endings).toEqual(
    ["too_large", "unsupported", "expired"].map((reason) => ({ outcome: { kind: "not_described", reason } })),
  );
});

test("a describer that blocks says so, one that fails once is asked again", async ({ send, simulators }) => {
  simulators.control.setGeminiFaults([{ kind: "blocked", times: 1 }]);
  const blocked = await send(demo.aurora, "image", "foto-piel");
  expect(blocked.outcome).toEqual({ kind: "not_described", reason: "blocked" });
  simulators.control.setGeminiFaults([{ kind: "cut", times: 1 }]);
  expect((await send(demo.aurora, "audio", "nota-precio")).outcome).toMatchObject({ kind: "described" });
});
