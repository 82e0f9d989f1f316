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
  /** Turns whose reply never arrived. */
  const lost = new Set<string>();
  let lastQuestion = "";
  let remindersAsked = 0;
  let nudgedAlready = false;

  return (step) => {
    if (step.event.type === "customer.said") for (const word of wordsIn(step).split(/\s+/)) names.add(word);
    if (step.event.type === "effect.done" && kindOfDone(step) === "booked") booked.add("contact");
    if (step.event.type === "reply.failed") lost.add(step.event.turnId);
    if (step.event.type === "customer.said") nudgedAlready = false;
    for (const effect of step.effects) checkEffect(step, effect);
    checkRecall(step);
    for (const { message } of step.replies) {
      checkMessage(message, step);
      const payloads = message.kind === "buttons" ? message.buttons.map(({ payload }) => payload) : [];
      const yes = payloads.find((payload) => payload.startsWith("yes:"));
      lastQuestion = yes?.slice(4) ?? "";
      if (yes) shown.set(yes.slice(4), { turn: step.facts.turnId, text: message.text });
    }
    const isSilent = step.replies.length + step.effects.length === 0;
    if (step.event.type.startsWith("agent.") && chart.states(step.before).includes("human")) {
      must(isSilent, "a person has the conversation");
    }
    if (!step.facts.botEnabled && step.event.type !== "escalation.notified" && step.event.type !== "effect.done") {
      must(
        step.replies.every(({ closing }) => closing === true),
        "the agent is off",
      );
    }
  };

  /** Asked once, recalled once, and only about what is open. */
  function checkRecall({ event, replies, facts }: WalkStep): void {
    if (replies.length === 0) return;
    const texts = replies.map(({ message }) => message.text).join("\n");
    if (event.type === "customer.silent") {
      expect(nudgedAlready, "once is friendly").toBe(false);
      expect(lastQuestion, "something waits for an answer").not.toBe("");
      nudgedAlready = true;
    }
    if (texts.includes("Tu cita quedó agendada") && texts.includes("recordatorios de tus citas")) {
      remindersAsked += 1;
      expect(remindersAsked, "reminders are asked about once").toBe(1);
      expect(facts.consent).toBeNull();
    }
    if (texts.includes("Ya le estoy avisando")) expect(facts.openEscalation ?? ESCALATION).toBe(ESCALATION);
  }

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
        // Code alone says that no model may answer.
        if (step.event.type === "customer.unanswerable") return;
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
        else
          expect(NO_LINES.includes(wordsIn(step).replaceAll("\n🤔", "")) || tapIn(step) === `no:${lastQuestion}`).toBe(
            true,
          );
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
    expect(told.firstName, "somebody's name is known").not.toBeNull();
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
    if (tap === null) expect(lost.has(proposal?.turn ?? ""), "the question arrived").toBe(false);
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
  if ([...NO_LINES, ...PERSON_LINES].includes(line) || /mejor|cancela|\?/.test(line)) return true;
  if (line === "3") return !proposed.includes(" 3:00 p. m.");
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
  const { text, kind } = message;
  must(text.trim() !== "", "something is said");
  must(!UUID.test(text), "no ids are shown");
  must(!/undefined|null|NaN|tu servicio|jueves 1 de enero/.test(text), `nothing is missing in: ${text}`);
  must(kind === "text" || text.length <= 1_024, "WhatsApp takes it");
  const options = kind === "buttons" ? message.buttons : kind === "list" ? message.rows : [];
  const choices = options.filter(({ payload }) => payload !== "times:more");
  must(kind === "text" || choices.length > 0, "there is something to choose");
  for (const { title, payload } of options) {
    must(title.length <= (kind === "buttons" ? 20 : 24) && payload.length <= 200, "WhatsApp takes the choice");
  }
  if (step.event.type === "agent.chat") {
    const [chat = ""] = text.split("\n\n");
    if (chat === step.event.text) expect(checkOutgoing(chat, { facts: ["Aurora Estética", "Laura"] })).toEqual([]);
  }
  if (step.event.type === "effect.done" && text.includes("Cuesta")) expect(text).toContain("$120.000");
}

/** `expect` for what holds at every step: a hundred thousand of them have to be quick. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`does not hold: ${what}`);
}
