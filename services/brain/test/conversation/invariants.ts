import { expect } from "vitest";
import { chart } from "../../src/conversation/index.ts";
import { checkOutgoing } from "../../src/conversation/outgoing-check.ts";
import { services } from "./aurora.ts";
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
        return;
      }
      case "book_appointment":
        checkBooking(step, told);
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
        expect(booked.size).toBe(1);
        if (told.type === "opt_in") expectYes(step, lastQuestion, "recordatorios");
        else expect(NO_LINES.includes(wordsIn(step)) || tapIn(step) === `no:${lastQuestion}`).toBe(true);
        return;
      default:
        return;
    }
  }

  function checkBooking(step: WalkStep, told: Record<string, string | null>): void {
    const { available, facts } = step;
    const offered = available?.slots.find(
      ({ startsAt, memberId }) => startsAt === told.startsAt && memberId === told.memberId,
    );
    expect(offered, "the slot is of the last availability").toBeDefined();
    expect(told.serviceId, "for the service that it was asked for").toBe(available?.serviceId);
    expect(Date.parse(facts.now) - (available?.at ?? 0), "it is fresh").toBeLessThanOrEqual(HALF_HOUR_MS);
    const subject = `${told.serviceId} ${told.startsAt} ${told.memberId}`;
    expect(subjects.get(told.proposalId ?? "") ?? subject, "one proposal is one thing").toBe(subject);
    subjects.set(told.proposalId ?? "", subject);
    const service = Object.values(services).find(({ id }) => id === told.serviceId);
    expectYes(step, told.proposalId ?? "", `*${service?.name}*`);
    // Without a contact and a name the database refuses, and the customer is asked.
    if (told.firstName !== null && told.firstName !== facts.contact?.firstName) {
      expect(names.has(told.firstName ?? ""), "the name is the customer's own").toBe(true);
    }
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
        ? lines.some((line) => YES_LINES.includes(line)) &&
          lines.every((line) => !isContrary(line, proposal?.text ?? ""))
        : tap === `yes:${proposalId}`;
    expect(agreed, "the customer said yes").toBe(true);
  }
}

/** A line that takes back or changes a yes beside it. */
function isContrary(line: string, proposed: string): boolean {
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
  expect(message.text).not.toMatch(/undefined|null|NaN|tu servicio/);
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
