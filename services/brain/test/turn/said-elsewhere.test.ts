import { describe, expect, test } from "vitest";
import { elsewhereSince, isOvertaken, withElsewhere } from "../../src/turn/said-elsewhere.ts";

const at = (minute: number) => `2026-11-22T15:${String(minute).padStart(2, "0")}:00.000Z`;
const history = [
  { role: "customer" as const, text: "quiero un asesor", at: at(0) },
  { role: "agent" as const, text: "Listo, ya avisé a nuestro equipo.", at: at(1) },
  { role: "customer" as const, text: "¿hola?", at: at(10) },
];
const staff = { role: "staff" as const, text: "Hola, soy Valentina", at: at(5) };
const reminder = { role: "agent" as const, text: "Te recordamos tu cita", at: at(30) };

describe("what was said elsewhere", () => {
  test("stands in the history where it was said, once, however often it is read", () => {
    const once = withElsewhere(history, [staff, reminder]);
    expect(once.map(({ text }) => text)).toEqual([
      "quiero un asesor",
      "Listo, ya avisé a nuestro equipo.",
      "Hola, soy Valentina",
      "¿hola?",
      "Te recordamos tu cita",
    ]);
    expect(withElsewhere(once, [staff, { ...reminder, at: at(31) }])).toEqual(once);
  });

  test("is cut like every line, and known again although it was cut", () => {
    const long = { ...staff, text: "a".repeat(1000) };
    const once = withElsewhere([], [long]);
    expect(once[0]?.text).toHaveLength(600);
    expect(withElsewhere(once, [long])).toEqual(once);
  });

  test("is asked for since the oldest line that is remembered, or since two days", () => {
    expect(elsewhereSince(history, new Date(at(59)))).toBe(at(0));
    expect(elsewhereSince([], new Date(at(0)))).toBe("2026-11-20T15:00:00.000Z");
  });
});

describe("a question", () => {
  test("is overtaken by a reminder that came after it, until the next one is asked", () => {
    expect(isOvertaken(history, [reminder])).toBe(true);
    expect(isOvertaken(withElsewhere(history, [reminder]), [reminder])).toBe(false);
  });

  test("is not overtaken by staff, nor by a reminder before it", () => {
    expect(isOvertaken(history, [{ ...staff, at: at(30) }])).toBe(false);
    expect(isOvertaken(history, [{ ...reminder, at: at(0) }])).toBe(false);
    expect(isOvertaken([], [reminder])).toBe(false);
  });
});
