import { describe, expect, test } from "vitest";
import { emptyBooking, type Slot } from "../../src/conversation/memory.ts";
import { type Situation, understand } from "../../src/conversation/understand.ts";
import { free, services } from "./aurora.ts";

const slots: Slot[] = ["09:00", "10:30", "15:00"].map((time, index) => ({
  ...free("2026-11-24", time),
  id: `s${index + 1}`,
}));

function situation(text: string, given: Partial<Situation> = {}): Situation {
  return {
    heard: { turnId: "t", text, words: text, tap: null, language: null, unread: null },
    booking: { ...emptyBooking(), slots },
    services: Object.values(services),
    yesOrNo: false,
    proposalId: null,
    proposalKind: null,
    choosingService: false,
    choosingSlot: false,
    appointments: [],
    proposalUnseen: false,
    own: { handoff: [], optOut: [] },
    ...given,
  };
}

describe("a pick from the offered hours", () => {
  test.each([
    ["1", "s1"],
    ["la 2", "s2"],
    ["opción 3", "s3"],
    ["la primera", "s1"],
    ["la segunda por favor", "s2"],
    ["la última", "s3"],
    ["a las 9", "s1"],
    ["9:00 a. m.", "s1"],
    ["9am", "s1"],
    ["nueve de la mañana", "s1"],
    ["10:30", "s2"],
    ["a las diez y media", "s2"],
    ["a las 15", "s3"],
    ["15h", undefined],
    ["la de las 3 de la tarde", "s3"],
    ["mejor a las 9", "s1"],
    ["si, a las 9", "s1"],
    ["a las 9 de la noche", undefined],
    ["a las 4", undefined],
    ["a las 10", undefined],
    ["el miércoles a las 9", undefined],
    ["no", undefined],
  ])("%s", (text, slot) => {
    const event = understand(situation(text, { choosingSlot: true }));
    expect(event?.type === "agent.choose_slot" ? event.slot_id : undefined).toBe(slot);
  });

  test("a bare 3 that is the third offer and also three o'clock is the same slot here", () => {
    expect(understand(situation("3", { choosingSlot: true }))).toMatchObject({ slot_id: "s3" });
  });

  test("a bare number with two meanings is left to the model", () => {
    const ambiguous = [...slots.slice(0, 2), { ...free("2026-11-24", "13:00"), id: "s3" }];
    const booking = { ...emptyBooking(), slots: ambiguous };
    expect(understand(situation("1", { choosingSlot: true, booking }))).toBeNull();
  });
});

test("yes and no are decided only where they were asked for", () => {
  expect(understand(situation("sí", { yesOrNo: true }))).toMatchObject({ type: "agent.accept" });
  expect(understand(situation("no", { yesOrNo: true }))).toMatchObject({ type: "agent.decline" });
  expect(understand(situation("sí"))).toBeNull();
});

test.each(["hola", "Buenos días!", "hola buenas tardes", "Buenas noches, ¿cómo estás?"])("a greeting: %s", (text) => {
  expect(understand(situation(text))).toMatchObject({ type: "agent.greet" });
});
test.each(["gracias", "Muchas gracias, feliz día", "chao"])("a goodbye: %s", (text) => {
  expect(understand(situation(text))).toMatchObject({ type: "agent.say_goodbye" });
});
test.each([
  "hola quiero una cita",
  "buenas, cuánto vale el masaje",
  "gracias pero cuánto cuesta",
  "para mí y otra persona",
])("left to the model: %s", (text) => {
  expect(understand(situation(text))).toBeNull();
});

test("the whole name of a service chooses it", () => {
  expect(understand(situation("masaje relajante", { choosingService: true }))).toMatchObject({
    type: "agent.book",
    service_id: services.massage.id,
  });
});
