import { chatOf, hashKeysSchema } from "@skytide/events";
import { createStore } from "@skytide/store";
import { demo, test } from "@skytide/testing";
import { expect } from "vitest";
import { createInvokeHandler } from "../../src/invoke/invoke.ts";
import type { InvokeBody } from "../../src/invoke/invoke-request.ts";
import type { Invocation } from "../../src/turn/index.ts";

const keys = hashKeysSchema.parse("k1:a-secret-for-tests-only");
const { aurora, brisa, customers } = demo;

test("organization, identity, contact and phone have to belong together", async ({ database }) => {
  const store = createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey });
  const { organizationId } = aurora;
  const platformUserId = customers.carlos;
  const chat = chatOf(keys, organizationId, "whatsapp", platformUserId);
  const known = { organizationId, chat, platform: "whatsapp" as const, platformUserId, phone: platformUserId };
  const { chatIdentityId } = await store.beginTurn(known);
  const asked: Invocation[] = [];
  const handle = createInvokeHandler({
    store,
    keys,
    now: () => new Date(),
    async invoke(invocation) {
      asked.push(invocation);
      return { kind: "busy" };
    },
  });
  const body = {
    ...{ organizationId, chatIdentityId, contactId: aurora.carlosContactId, message: "hola" },
    ...{ phone: `+${platformUserId}`, phoneNumber: platformUserId.slice(2), countryCode: "+57" },
  };
  const outcome = async (other: Partial<InvokeBody>) =>
    (await handle({ body: { ...body, ...other }, idempotencyKey: null, signal: new AbortController().signal })).kind;

  expect(await outcome({})).toBe("busy");
  expect(asked[0]).toMatchObject({ organizationId, chat, message: "hola" });
  expect((await asked[0]?.beginTurn())?.chatIdentityId).toBe(chatIdentityId);
  expect(await outcome({ organizationId: brisa.organizationId })).toBe("not_found");
  expect(await outcome({ chatIdentityId: crypto.randomUUID() })).toBe("not_found");
  expect(await outcome({ contactId: crypto.randomUUID() })).toBe("not_found");
  expect(await outcome({ phone: customers.marta })).toBe("not_found");
  expect(await outcome({ phoneNumber: customers.marta.slice(2) })).toBe("not_found");
  expect(asked).toHaveLength(1);
});
