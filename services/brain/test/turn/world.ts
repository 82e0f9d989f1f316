import type { DialogueLine, LanguageModel } from "@skytide/models";
import { createDecider, type EffectKind } from "../../src/conversation/index.ts";
import type { Tools } from "../../src/tools/index.ts";
import type { TurnDeps } from "../../src/turn/index.ts";
import { appointmentOn, facts as factsOf, freeDay, laura } from "../conversation/aurora.ts";
import type { ScriptedChoice } from "../conversation/dialogue.ts";

type Begun = Awaited<ReturnType<TurnDeps["beginTurn"]>>;

const usage = { model: "scripted", inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };
const ESCALATION = "e0000000-0000-4000-8000-000000000001";

/** Everything outside a conversation of the real chart: a scripted model, and a database that does each thing once per key. */
export function createWorld(script: Readonly<Record<string, ScriptedChoice>>, { appointments = false } = {}) {
  const calls = { model: 0, tools: new Map<string, number>() };
  /** What was done in the world, by kind and key. */
  const done = new Map<string, unknown>();
  const heard: (readonly DialogueLine[])[] = [];
  let botEnabled = true;

  const model: Pick<LanguageModel, "choose" | "write"> = {
    async choose({ history }) {
      calls.model += 1;
      heard.push(history);
      const words = history.at(-1)?.text ?? "";
      const choice = script[words];
      if (!Array.isArray(choice)) throw new Error(`nothing scripted for "${words}"`);
      return { kind: "chosen" as const, tool: choice[0], arguments: choice[1] ?? {}, usage };
    },
    write: async () => ({ kind: "text" as const, text: "NO_ANSWER", usage }),
  };
  const once = (kind: string, key: string, output: unknown) => {
    const name = `${kind} ${key}`;
    if (!done.has(name)) done.set(name, output);
    return done.get(name);
  };
  const free = [...freeDay("2026-11-24", ["10:00", "11:00"]), ...freeDay("2026-11-26", ["09:00", "15:00"])];
  const booked = (startsAt: unknown) => {
    const slot = free.find((one) => one.startsAt === startsAt);
    return { id: "a-facial", serviceName: "Limpieza facial", memberName: "Ana Ruiz", ...slot };
  };
  const perform: Record<EffectKind, (input: Record<string, unknown>, turnId: string) => unknown> = {
    check_availability: ({ from, to }) => ({
      kind: "slots",
      slots: free.filter(({ date }) => date >= String(from) && date <= String(to)),
    }),
    book_appointment: ({ proposalId, startsAt }) =>
      once("book", String(proposalId), { kind: "booked", contactId: laura.id, appointment: booked(startsAt) }),
    reschedule_appointment: ({ proposalId, startsAt }) =>
      once("move", String(proposalId), { kind: "done", appointment: booked(startsAt) }),
    cancel_appointment: () => ({ kind: "refused", code: "not_scripted" }),
    confirm_appointment: () => ({ kind: "refused", code: "not_scripted" }),
    search_knowledge: () => ({ passages: [] }),
    phrase_answer: () => ({ kind: "none" }),
    raise_escalation: (_input, turnId) => once("escalate", turnId, { escalationId: ESCALATION, alreadyOpen: false }),
    set_bot() {
      botEnabled = false;
      return once("bot off", "", {});
    },
    record_consent: ({ proposalId }) => once("consent", String(proposalId), {}),
  };
  const acting: readonly EffectKind[] = [
    ...(["book_appointment", "cancel_appointment", "confirm_appointment", "reschedule_appointment"] as const),
    ...(["raise_escalation", "set_bot", "record_consent"] as const),
  ];
  const tools = Object.fromEntries(
    Object.entries(perform).map(([kind, work]) => [
      kind,
      {
        acts: acting.includes(kind as EffectKind),
        async perform(input: unknown, { turnId }: { turnId: string }) {
          calls.tools.set(kind, (calls.tools.get(kind) ?? 0) + 1);
          return work(Object(input), turnId);
        },
      },
    ]),
  ) as unknown as Tools;

  const facts = (): Begun => {
    const {
      turnId: _turn,
      now: _now,
      ...rest
    } = factsOf({
      ...{ contact: laura, consent: "opt_in", botEnabled },
      openEscalation: [...done.keys()].some((name) => name.startsWith("escalate")) ? ESCALATION : null,
      appointments: appointments ? [appointmentOn("a-facial", "2026-11-24", "10:00")] : [],
    });
    const { organization } = rest;
    const settings = { ...organization.settings, agentEnabled: true, maxFailedTurns: 2 };
    return {
      ...rest,
      chatIdentityId: "c0000000-0000-4000-8000-000000000001",
      organization: { ...organization, settings },
    } as Begun;
  };
  return {
    calls,
    done,
    heard,
    model,
    ESCALATION,
    decide: createDecider({ model: model as LanguageModel }),
    tools,
    facts,
  };
}
