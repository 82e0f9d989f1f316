import type { Bus } from "@skytide/bus";
import { connectCoordination } from "@skytide/coordination";
import {
  type ConversationEvent,
  chatOf,
  createEvent,
  hashKeysSchema,
  type MessageContent,
  type OutgoingMessage,
} from "@skytide/events";
import { createEmbedder, createLanguageModel } from "@skytide/models";
import type { Simulators } from "@skytide/simulators";
import { createStore } from "@skytide/store";
import { demo, type TestDatabase } from "@skytide/testing";
import { beginTurnIn } from "../../src/begin-turn.ts";
import { chart, createDecider } from "../../src/conversation/index.ts";
import { createTurnTimers } from "../../src/timers.ts";
import { createTools } from "../../src/tools/index.ts";
import { createTurn, type TurnDeps } from "../../src/turn/index.ts";

const keys = hashKeysSchema.parse("k1:a-secret-for-tests-only");
const debounce = { debounceMs: 60_000, debounceMaxMs: 120_000 };
const { organizationId } = demo.aurora;
let customers = 0;

interface Surroundings {
  bus: Bus;
  database: TestDatabase;
  simulators: Simulators;
}

/** Aurora's brain: the real turn code on a real log and a real database, with the OpenAI simulator behind its model. */
export async function openRoom({ bus, database, simulators }: Surroundings) {
  const provider = { apiKey: "test", baseUrl: simulators.openaiUrl };
  const model = createLanguageModel({ ...provider, model: "gpt-4o", wire: "responses" });
  const embedder = createEmbedder({ ...provider, model: "text-embedding-3-small" });
  const store = createStore({ url: database.url, serviceRoleKey: database.serviceRoleKey });
  const coordination = await connectCoordination({ bus });
  // Whatever the calendar says today: no holidays, and nobody's time is taken.
  await database.sql("delete from public.organization_special_dates");
  await database.sql("delete from public.appointments");

  return {
    database,
    store,
    model,
    /** Calls of the model, without those for embeddings. */
    modelCalls: () => simulators.control.stats().openai.calls["responses 200"] ?? 0,
    /** A customer who never wrote before. */
    enter() {
      customers += 1;
      const phone = `57300500${String(customers).padStart(4, "0")}`;
      const chat = chatOf(keys, organizationId, "whatsapp", phone);
      const committed: ConversationEvent[] = [];
      let decide: TurnDeps["decide"] = createDecider({ model });
      const clock = { aheadMs: 0, now: () => new Date(Date.now() + clock.aheadMs) };
      const turn = createTurn({
        log: {
          ...bus,
          async commit(batch) {
            const result = await bus.commit(batch);
            if (result.kind === "committed") committed.push(...batch.events);
            return result;
          },
        },
        leases: coordination.leases,
        journals: coordination.journals,
        timers: createTurnTimers(bus, () => debounce, clock.now),
        watch: () => ({ stop: () => {} }),
        beginTurn: beginTurnIn(store),
        chart,
        decide: (input) => decide(input),
        tools: createTools({ store, model, embedder }),
        settings: {
          mediaWaitMs: 0,
          debounceMaxMs: debounce.debounceMaxMs,
          turnBudgetMs: 20_000,
          turnDeadlineMs: 60_000,
          agentEnabled: true,
        },
        now: clock.now,
      });
      let sent = 0;
      const publish = async <Type extends ConversationEvent["type"]>(type: Type, data: object, id: string) =>
        bus.publish(
          createEvent<Type>({ type, id, source: "test", time: clock.now(), organizationId, chat, data: data as never }),
        );
      return {
        phone,
        chat,
        clock,
        committed,
        publish,
        /** Lets another model decide from here on. */
        decideWith(other: TurnDeps["decide"]) {
          decide = other;
        },
        async writes(content: MessageContent, name = "Laura"): Promise<string> {
          sent += 1;
          const id = `${chat}-${sent}`;
          const at = clock.now().toISOString();
          const customer = { platformUserId: phone, phone, name };
          const data = { platform: "whatsapp", providerMessageId: `p-${id}`, customer, app: "AuroraDemo", content };
          await publish("message.received", { ...data, sentAt: at, receivedAt: at, receivedVia: "gupshup-v3" }, id);
          return id;
        },
        describes: (messageId: string, text: string) =>
          publish(
            "media.described",
            { messageId, mimeType: "audio/ogg", outcome: { kind: "described", text } },
            `d-${messageId}`,
          ),
        /** Runs the turn that is due and gives what the customer reads. */
        async answers(how: { silent?: boolean } = {}): Promise<OutgoingMessage[]> {
          const before = committed.length;
          await turn({ organizationId, chat, signal: AbortSignal.timeout(30_000), ...how });
          return committed
            .slice(before)
            .flatMap((event) => (event.type === "reply.requested" ? event.data.messages : [])) as OutgoingMessage[];
        },
        /** The provider reports that the last reply never arrived. */
        async loses(): Promise<void> {
          const reply = committed.findLast(({ type }) => type === "reply.requested");
          const lost = { code: "expired", otherIds: [], at: clock.now().toISOString() };
          const event = { source: "test", time: clock.now(), organizationId, chat, turn: reply?.turn ?? "" };
          await bus.publish(
            createEvent({ ...event, type: "reply.failed", id: `lost-${reply?.id}`, data: lost as never }),
          );
        },
        state: async () => {
          const stored = (await bus.readConversation({ organizationId, chat })).state?.event.data;
          const snapshot = stored && chart.restore(stored.snapshot, stored.version);
          return snapshot ? chart.states(snapshot).join() : "none";
        },
      };
    },
    close: () => coordination.close(),
  };
}

export type Room = Awaited<ReturnType<typeof openRoom>>;
export type Customer = ReturnType<Room["enter"]>;
