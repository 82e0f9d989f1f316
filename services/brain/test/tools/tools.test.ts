import { RetryableError } from "@skytide/errors";
import { describe, expect, test } from "vitest";
import { createTools, type ToolContext, type ToolDeps } from "../../src/tools/index.ts";
import { appointmentOn, free } from "../conversation/aurora.ts";

const usage = { model: "scripted", inputTokens: 2, cachedInputTokens: 1, outputTokens: 3 };
const context: ToolContext = {
  organizationId: "own-organization",
  chatIdentityId: "own-identity",
  turnId: "turn-1",
  now: new Date(0),
  signal: new AbortController().signal,
};

const changed = { ...appointmentOn("a1", "2026-11-24", "10:00"), status: "cancelada" };

/** The store as it is called: every question is kept, every answer is data. */
function recorded(answers: Partial<ToolDeps["store"]> = {}, model: Partial<ToolDeps["model"]> = {}) {
  const asked: { name: string; with: unknown }[] = [];
  const record =
    <Answer>(name: string, answer: Answer) =>
    async (question: unknown) => {
      asked.push({ name, with: question });
      return answer;
    };
  const store: ToolDeps["store"] = {
    checkAvailability: record("checkAvailability", { kind: "slots" as const, slots: [free("2026-11-24", "10:00")] }),
    bookAppointment: record("bookAppointment", { kind: "refused" as const, code: "slot_taken" }),
    cancelAppointment: record("cancelAppointment", { kind: "done" as const, appointment: changed }),
    confirmAppointment: record("confirmAppointment", { kind: "refused" as const, code: "not_confirmable" }),
    rescheduleAppointment: record("rescheduleAppointment", { kind: "done" as const, appointment: changed }),
    searchKnowledge: record("searchKnowledge", { chunks: [{ title: null, content: "x".repeat(3_000) }] }),
    raiseEscalation: record("raiseEscalation", { escalationId: "e1", alreadyOpen: false }),
    setBotEnabled: record("setBotEnabled", { changed: true }),
    recordConsent: record("recordConsent", { changed: true }),
    ...answers,
  };
  const write = async () => ({ kind: "text" as const, text: "NO_ANSWER", usage });
  const embed = async () => ({ vectors: [[1, 2]], usage });
  return { asked, store, tools: createTools({ store, model: { write, ...model }, embedder: { embed } }) };
}

const own = { organizationId: "own-organization", chatIdentityId: "own-identity" };
const yes = { proposalId: "p1", serviceId: "s", memberId: "m", startsAt: "2026-11-24T10:00:00-05:00" };

const move = { proposalId: "p1", appointmentId: "a1", memberId: "m", startsAt: "2026-11-24T10:00:00-05:00" };

describe("whose conversation it is comes from the turn, never from an effect's input", () => {
  test("an input with anything more than the chart puts in is refused", async () => {
    const { tools } = recorded();
    const forged = { ...yes, firstName: null, lastName: null, organizationId: "other" };
    await expect(tools.book_appointment.perform(forged, context)).rejects.toThrow();
    await expect(tools.set_bot.perform({ enabled: true, reason: "crm" }, context)).rejects.toThrow();
  });

  test("every question to the store is about the own organization", async () => {
    const { asked, tools } = recorded();
    await tools.check_availability.perform(
      { serviceId: "s", memberId: null, from: "a", to: "b", exceptAppointmentId: "a1" },
      context,
    );
    await tools.cancel_appointment.perform({ appointmentId: "a1" }, context);
    await tools.confirm_appointment.perform({ appointmentId: "a1" }, context);
    await tools.reschedule_appointment.perform(move, context);
    await tools.book_appointment.perform({ ...yes, firstName: "Laura", lastName: null }, context);
    await tools.search_knowledge.perform({ query: "q", serviceId: null }, context);
    await tools.raise_escalation.perform({ reason: "policy", summary: "s" }, context);
    await tools.set_bot.perform({ enabled: false, reason: "escalation" }, context);
    await tools.record_consent.perform({ contactId: "c", type: "opt_in", proposalId: "p" }, context);
    expect(asked).toHaveLength(9);
    for (const question of asked) expect(question.with).toMatchObject({ organizationId: "own-organization" });
  });
});

test("what acts says so: after it a turn is not started over", () => {
  const { tools } = recorded();
  const acting = Object.entries(tools).flatMap(([kind, { acts }]) => (acts ? kind : []));
  expect(acting.sort()).toEqual([
    "book_appointment",
    "cancel_appointment",
    "confirm_appointment",
    "raise_escalation",
    "record_consent",
    "reschedule_appointment",
    "set_bot",
  ]);
});

test("a booking carries its proposal as idempotency key, and gives back the committed row", async () => {
  const appointment = {
    id: "a1",
    serviceName: "Limpieza facial",
    memberName: null,
    date: "2026-11-24",
    startTime: "10:00",
    status: "programada",
  };
  const asked: unknown[] = [];
  const { tools } = recorded({
    async bookAppointment(booking) {
      asked.push(booking);
      return { kind: "booked", contactId: "c1", appointment };
    },
  });
  const output = await tools.book_appointment.perform({ ...yes, firstName: "Laura", lastName: null }, context);
  expect(asked).toEqual([
    { ...own, serviceId: "s", memberId: "m", startsAt: yes.startsAt, idempotencyKey: "p1", firstName: "Laura" },
  ]);
  const { status: _status, ...told } = appointment;
  expect(output).toEqual({ kind: "booked", contactId: "c1", appointment: told });
});

test("a change names the own appointment, a move its proposal too, and the committed row or the refusal comes back", async () => {
  const { asked, tools } = recorded();
  const { id, serviceName, memberName, date, startTime } = changed;
  const done = { kind: "done", appointment: { id, serviceName, memberName, date, startTime } };
  expect(await tools.cancel_appointment.perform({ appointmentId: "a1" }, context)).toEqual(done);
  expect(await tools.confirm_appointment.perform({ appointmentId: "a1" }, context)).toEqual({
    kind: "refused",
    code: "not_confirmable",
  });
  expect(await tools.reschedule_appointment.perform(move, context)).toEqual(done);
  const { proposalId, ...moved } = move;
  expect(asked.map(({ with: question }) => question)).toEqual([
    { ...own, appointmentId: "a1" },
    { ...own, appointmentId: "a1" },
    { ...own, ...moved, idempotencyKey: proposalId },
  ]);
  await expect(tools.cancel_appointment.perform({ appointmentId: "a1", contactId: "c" }, context)).rejects.toThrow();
});

test("an escalation is raised once per turn, however often the turn is repeated", async () => {
  const { asked, tools } = recorded();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await tools.raise_escalation.perform({ reason: "user_asked", summary: "asesor" }, context);
  }
  expect(asked[0]).toEqual(asked[1]);
});

describe("searching knowledge", () => {
  test("asks by words and by meaning, and cuts long passages", async () => {
    const { asked, tools } = recorded();
    const output = await tools.search_knowledge.perform({ query: "precio", serviceId: null }, context);
    expect(asked[0]?.with).toMatchObject({ query: "precio", embedding: [1, 2] });
    expect(output).toEqual({
      passages: [{ title: "", content: "x".repeat(1_800) }],
      usage: [{ ...usage, operation: "embed" }],
    });
  });

  test("goes on by words while the embedder is away, but not when it is wrong", async () => {
    const { asked, store } = recorded();
    const failing = (error: Error) =>
      createTools({
        store,
        model: { write: async () => ({ kind: "refused", usage }) },
        embedder: { embed: () => Promise.reject(error) },
      }).search_knowledge;
    const question = { query: "q", serviceId: null };
    await failing(new RetryableError("provider-unavailable", "away")).perform(question, context);
    expect(asked[0]?.with).not.toHaveProperty("embedding", [1, 2]);
    await expect(failing(new TypeError("bug")).perform(question, context)).rejects.toThrow("bug");
  });
});

describe("phrasing an answer", () => {
  const passages = [{ title: "Horario", content: "Abrimos a las 8:00 a. m." }];
  const question = "¿A qué hora abren?";
  const phrase = async (...texts: string[]) => {
    const contexts: string[] = [];
    const { tools } = recorded(
      {},
      {
        async write(request) {
          contexts.push(request.context);
          return { kind: "text", text: texts.shift() ?? "NO_ANSWER", usage };
        },
      },
    );
    return {
      contexts,
      output: await tools.phrase_answer.perform({ question, passages, language: "Spanish" }, context),
    };
  };

  test("what the passages hold is the answer", async () => {
    const { output } = await phrase("Abrimos a las 8:00 a. m. 😊");
    expect(output).toEqual({
      kind: "answer",
      text: "Abrimos a las 8:00 a. m. 😊",
      usage: [{ ...usage, operation: "phrase" }],
    });
  });

  test("what they do not hold is written once more, with the reason, then given up", async () => {
    const { contexts, output } = await phrase("Abrimos a las 7:00 a. m.", "Abrimos los domingos.");
    expect(output).toMatchObject({ kind: "none", usage: [{}, {}] });
    expect(contexts[1]).toContain("refused because it stated what the passages do not: number");
    expect(contexts).toHaveLength(2);
  });

  test("no answer is none", async () => {
    expect((await phrase("NO_ANSWER")).output).toMatchObject({ kind: "none" });
  });
});
