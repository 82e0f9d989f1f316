import { expect } from "vitest";
import { chart } from "../../src/conversation/index.ts";
import { checkOutgoing } from "../../src/conversation/outgoing-check.ts";
import { esFormat } from "../../src/conversation/texts/es-format.ts";
import { type FreeSlot, laura, services } from "./aurora.ts";
import type { WalkStep } from "./walk.ts";
import { ESCALATION, NO_LINES, PERSON_LINES, YES_LINES } from "./walk-moves.ts";

const HALF_HOUR_MS = 30 * 60_000;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-/;

/** Checks every step of one walk against what must never happen (reference/brain.md §2); throws on the first breach. */
export function createInvariants(): (step: WalkStep) => void {
  /** The proposals that customers were shown, by button, with the turn they were last shown in. */
  const shown = new Map<string, { turn: string; text: string }>();
  const subjects = new Map<string, string>();
  const names = new Set<string>();
  const booked = new Set<string>();
  let lastQuestion = "";

  return (step) => {
    for (const word of wordsIn(step).split(/\s+/)) if (word !== "") names.add(word);
    if (step.event.type === "effect.done" && kindOfDone(step) === "booked") booked.add("contact");
    for (const effect of step.effects) checkEffect(step, effect);
    for (const { message } of step.replies) {
      checkMessage(message, step);
      const payloads = message.kind === "buttons" ? message.buttons.map(({ payload }) => payload) : [];
      const yes = payloads.find((payload) => payload.startsWith("yes:"));
      lastQuestion = yes?.slice(4) ?? "";
      if (yes) shown.set(yes.slice(4), { turn: step.facts.turnId, text: message.text });
    }
    if (chart.states(step.before).includes("human") && step.event.type.startsWith("agent.")) {
      expect(step.replies).toEqual([]);
      expect(step.effects).toEqual([]);
    }
    if (!step.facts.botEnabled && step.event.type !== "escalation.notified" && step.event.type !== "effect.done") {
      expect(step.replies.filter(({ closing }) => !closing)).toEqual([]);
    }
  };

  function checkEffect(step: WalkStep, { kind, input }: WalkStep["effects"][number]): void {
    const told = input as Record<string, string | null>;
    for (const key of Object.keys(told)) expect(key).not.toMatch(/organization|chat|phone/i);
    switch (kind) {
      case "check_availability": {
        const service = Object.values(services).find(({ id }) => id === told.serviceId);
        expect(service).toMatchObject({ isBookable: true, requiresAssessment: false });
        expect(`${told.from}` <= `${told.to}`).toBe(true);
        if (told.exceptAppointmentId !== null) {
          expect(step.facts.appointments.map(({ id }) => id)).toContain(told.exceptAppointmentId);
        }
        return;
      }
      case "book_appointment":
        checkBooking(step, told);
        return;
      case "cancel_appointment":
        checkChange(step, told.appointmentId, "¿La cancelo?");
        return;
      case "confirm_appointment":
        checkChange(step, told.appointmentId, "¿Confirmas que asistes?");
        return;
      case "reschedule_appointment":
        checkMove(step, told);
        return;
      case "raise_escalation":
        if (!PERSON_LINES.some((line) => wordsIn(step).includes(line)))
          expectYes(step, lastQuestion, "persona del equipo");
        return;
      case "set_bot":
        expect(told).toEqual({ enabled: false, reason: "escalation" });
        expect(step.event).toEqual({ type: "escalation.notified", escalationId: ESCALATION });
        return;
      case "record_consent":
        if (step.event.type === "customer.opted_out") {
          expect(told).toMatchObject({ type: "opt_out", contactId: laura.id });
          return;
        }
        expect(booked.size).toBe(1);
        if (told.type === "opt_in") expectYes(step, lastQuestion, "recordatorios");
        else expect(NO_LINES.includes(wordsIn(step)) || tapIn(step) === `no:${lastQuestion}`).toBe(true);
        return;
      default:
        return;
    }
  }

  /** The customer's own, active now, and just as it was shown with the question. */
  function checkChange(step: WalkStep, id: string | null | undefined, question: string): void {
    const own = step.facts.appointments.find((one) => one.id === id);
    expect(own, "it is the customer's own").toBeDefined();
    expectYes(step, lastQuestion, question);
    const when = `${esFormat.date(own?.date ?? "")}, ${esFormat.time(own?.startTime ?? "")}`;
    expect(shown.get(lastQuestion)?.text, "it is the one that was shown").toContain(`*${own?.serviceName}*\n• ${when}`);
  }

  function checkMove(step: WalkStep, told: Record<string, string | null>): void {
    const own = step.facts.appointments.find(({ id }) => id === told.appointmentId);
    expect(own, "it is the customer's own").toBeDefined();
    const slot = checkSlot(step, told, own?.serviceId ?? "", told.appointmentId ?? "");
    expectYes(step, told.proposalId ?? "", `• Ahora: ${esFormat.date(slot.date)}, ${esFormat.time(slot.startTime)}`);
    expect(shown.get(lastQuestion)?.text).toContain(`*${own?.serviceName}*`);
  }

  function checkBooking(step: WalkStep, told: Record<string, string | null>): void {
    const { facts } = step;
    checkSlot(step, told, told.serviceId ?? "", told.serviceId ?? "");
    const service = Object.values(services).find(({ id }) => id === told.serviceId);
    expectYes(step, told.proposalId ?? "", `*${service?.name}*`);
    // Without a contact and a name the database refuses, and the customer is asked.
    if (told.firstName !== null && told.firstName !== facts.contact?.firstName) {
      expect(names.has(told.firstName ?? ""), "the name is the customer's own").toBe(true);
    }
  }

  /** The slot is one that the database offered lately for that service, and the proposal stands for it alone. */
  function checkSlot(
    { available, facts }: WalkStep,
    told: Record<string, string | null>,
    serviceId: string,
    subjectId: string,
  ): FreeSlot {
    const offered = available?.slots.find(
      ({ startsAt, memberId }) => startsAt === told.startsAt && memberId === told.memberId,
    );
    if (offered === undefined) throw new Error("the slot is not of the last availability");
    expect(serviceId, "for the service that it was asked for").toBe(available?.serviceId);
    expect(Date.parse(facts.now) - (available?.at ?? 0), "it is fresh").toBeLessThanOrEqual(HALF_HOUR_MS);
    const subject = `${subjectId} ${told.startsAt} ${told.memberId}`;
    expect(subjects.get(told.proposalId ?? "") ?? subject, "one proposal is one thing").toBe(subject);
    subjects.set(told.proposalId ?? "", subject);
    return offered;
  }

  /** The proposal was the last question, shown in an earlier turn, and the customer's own words or tap of this turn say yes. */
  function expectYes(step: WalkStep, proposalId: string, text: string): void {
    expect(lastQuestion, "it was the last question").toBe(proposalId);
    const proposal = shown.get(proposalId);
    expect(proposal?.text).toContain(text);
    expect(proposal?.turn, "it was shown before this turn").not.toBe(step.facts.turnId);
    const tap = tapIn(step);
    const lines = wordsIn(step).split("\n");
    const agreed =
      tap === null
        ? lines.some((line) => YES_LINES.includes(line) || isItsAct(line, proposal?.text ?? "")) &&
          lines.every((line) => !isContrary(line, proposal?.text ?? ""))
        : tap === `yes:${proposalId}`;
    expect(agreed, "the customer said yes").toBe(true);
  }
}

/** Naming the act that was proposed is a yes to it. */
function isItsAct(line: string, proposed: string): boolean {
  if (proposed.includes("¿La cancelo?")) return line === "cancela mi cita";
  if (proposed.includes("¿Hago el cambio?")) return line === "mueve mi cita";
  return /¿La agendo\?|¿Confirmas que asistes\?/.test(proposed) && line === "confirmo mi cita";
}

/** A line that takes back or changes a yes beside it. */
function isContrary(line: string, proposed: string): boolean {
  if (isItsAct(line, proposed)) return false;
  if ([...NO_LINES, ...PERSON_LINES].includes(line) || /mejor|cancela|\?|^3$/.test(line)) return true;
  if (/masaje/.test(line)) return !proposed.includes("Masaje");
  if (/facial/.test(line)) return !proposed.includes("facial");
  return /a las 10/.test(line) && !proposed.includes("10:00 a. m.");
}

function wordsIn({ said }: WalkStep): string {
  return (said?.messages ?? []).flatMap(({ kind, text }) => (kind === "media" ? [] : text)).join("\n");
}

function tapIn({ said }: WalkStep): string | null {
  return said?.messages.find(({ tapPayload }) => tapPayload !== undefined)?.tapPayload ?? null;
}

function kindOfDone({ event }: WalkStep): unknown {
  return event.type === "effect.done" ? (event.output as { kind?: unknown }).kind : null;
}

function checkMessage(message: WalkStep["replies"][number]["message"], step: WalkStep): void {
  expect(message.text.trim()).not.toBe("");
  expect(message.text).not.toMatch(UUID);
  expect(message.text).not.toMatch(/undefined|null|NaN|tu servicio|jueves 1 de enero/);
  if (message.kind !== "text") expect(message.text.length).toBeLessThanOrEqual(1_024);
  const options = message.kind === "buttons" ? message.buttons : message.kind === "list" ? message.rows : [];
  for (const { title, payload } of options) {
    expect(title.length).toBeLessThanOrEqual(message.kind === "buttons" ? 20 : 24);
    expect(payload.length).toBeLessThanOrEqual(200);
  }
  if (step.event.type === "agent.chat") {
    const [chat = ""] = message.text.split("\n\n");
    if (chat === step.event.text) expect(checkOutgoing(chat, { facts: ["Aurora Estética", "Laura"] })).toEqual([]);
  }
  if (step.event.type === "effect.done" && message.text.includes("Cuesta")) expect(message.text).toContain("$120.000");
}
