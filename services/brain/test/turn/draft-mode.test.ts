import { conversationEventSchema } from "@skytide/events";
import { describe, expect, test } from "vitest";
import type { TurnBrief } from "../../src/brief/index.ts";
import type { TurnDeps } from "../../src/turn/index.ts";
import { oneTurn } from "./one-turn.ts";
import { scriptedChart, scriptedDecider } from "./scripted-chart.ts";

const treatment = { share: "main", prompt: "v2", model: "fleet", draft: true } as const;
const briefOf = (given: object) => () => ({ treatment: given, settled: async () => {} }) as unknown as TurnBrief;
const brief = briefOf(treatment);

function drafting(said: string, given: Partial<TurnDeps> = {}) {
  const shown: unknown[] = [];
  const turn = oneTurn({
    said,
    chart: scriptedChart(),
    decide: scriptedDecider(async (words) => words),
    brief,
    showDraft: async (_, { id, data }, chatIdentityId) => void shown.push({ id, chatIdentityId, ...data }),
    ...given,
  });
  return { turn, shown };
}

describe("a turn in draft mode", () => {
  test("shows staff what it would have said and sends nothing", async () => {
    const { turn, shown } = drafting("hola");
    const { of, events } = await turn;
    expect(of("reply.requested")).toBeUndefined();
    expect(of("reply.drafted")?.data).toEqual({
      messages: [{ kind: "text", text: "Dijiste: hola" }],
      actions: [],
      messageIds: ["m1"],
      treatment,
    });
    expect(shown).toMatchObject([{ id: of("reply.drafted")?.id, messages: [{ text: "Dijiste: hola" }] }]);
    for (const event of events) expect(conversationEventSchema.safeParse(event).error).toBeUndefined();
  });

  test("remembers what the customer said and nothing that the customer never read", async () => {
    const { of } = await drafting("hola").turn;
    expect(of("state.committed")?.data.history).toMatchObject([{ role: "customer", text: "hola" }]);
    expect(of("turn.completed")?.data).toMatchObject({ outcome: "no_reply", treatment });
  });

  test("leaves a booking to a person, and the conversation where it stood", async () => {
    const performed: unknown[] = [];
    const book = { acts: true, perform: async (input: unknown) => performed.push(input) };
    const { of } = await drafting("reserva", { tools: { book_appointment: book } as unknown as TurnDeps["tools"] })
      .turn;
    expect(performed).toEqual([]);
    expect(of("reply.drafted")?.data).toMatchObject({
      messages: [],
      actions: [{ action: "book_appointment", facts: {} }],
    });
    expect(of("state.committed")?.data).toMatchObject({
      snapshot: "listening",
      cursor: { inbound: 1 },
    });
  });

  test("is not committed when nobody can be shown the draft: it is tried again", async () => {
    const away = async () => {
      throw new Error("the database is away");
    };
    await expect(drafting("hola", { showDraft: away }).turn).rejects.toThrow("away");
  });
});

test("a turn outside draft mode sends its reply and drafts nothing", async () => {
  const { of } = await drafting("hola", {
    brief: briefOf({ ...treatment, draft: false }),
  }).turn;
  expect(of("reply.requested")).toBeDefined();
  expect(of("reply.drafted")).toBeUndefined();
});
