import { describe, expect, test } from "vitest";
import { toParameters } from "../src/notice-texts.ts";

const facts = {
  customerName: "Laura",
  customerPhone: "573001110001",
  reason: "tool_failure",
  summary: "",
  timezone: "America/Bogota",
  raisedAt: "2026-11-23T03:05:00.000Z",
};

describe("the words of a notice", () => {
  test("tell the reason in Spanish and the time on the organization's clock", () => {
    expect(toParameters(facts)).toEqual([
      "Laura",
      "+573001110001",
      "El asistente no pudo completar la solicitud",
      "22/11/2026 22:05",
    ]);
  });

  test("leave nothing empty", () => {
    expect(toParameters({ ...facts, customerName: " ", customerPhone: null, reason: "otro" })).toEqual([
      "Cliente sin nombre",
      "sin número",
      "otro",
      "22/11/2026 22:05",
    ]);
  });

  test("are cut before WhatsApp's limit, never inside a character", () => {
    const [, , reason] = toParameters({ ...facts, summary: "😀".repeat(400) });
    expect([...(reason ?? "")]).toHaveLength(300);
    expect(reason?.endsWith("😀…")).toBe(true);
  });
});
