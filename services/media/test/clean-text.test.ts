import { expect, test } from "vitest";
import { cleanText } from "../src/clean-text.ts";

test("control characters go, line breaks stay", () => {
  expect(cleanText(" Hola\u0000 mundo\u001b[31m\nmañana\u2028 ", false)).toBe("Hola  mundo [31m\nmañana");
});

test("a long text is cut between characters and says so", () => {
  const text = cleanText("🌸".repeat(5_000), false);
  expect(text).toBe(`${"🌸".repeat(4_000)} […]`);
});

test("a text that was cut before says so too", () => {
  expect(cleanText("Quisiera una", true)).toBe("Quisiera una […]");
});

test("half a character is replaced, because the log is UTF-8", () => {
  expect(cleanText("a\ud83cb", false)).toBe("a\ufffdb");
});
