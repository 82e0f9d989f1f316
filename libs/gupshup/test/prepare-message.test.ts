import { PermanentError } from "@skytide/errors";
import { expect, test } from "vitest";
import { prepareMessage } from "../src/index.ts";

const yes = { title: "Sí", payload: "yes" };

test("text is formatted, and split where it is too long", () => {
  expect(prepareMessage({ kind: "text", text: "**Hola**" })).toEqual([{ kind: "text", text: "*Hola*" }]);
  const messages = prepareMessage({ kind: "text", text: `${"a".repeat(4000)}\n\n${"b".repeat(4000)}` });
  expect(messages.map(({ text }) => text.length)).toEqual([4000, 4000]);
});

test("titles of buttons and rows are cut to one short line", () => {
  const title = "Reprogramar mi cita\nde mañana";
  expect(prepareMessage({ kind: "buttons", text: "¿Cuál?", buttons: [{ title, payload: "r" }] })).toEqual([
    { kind: "buttons", text: "¿Cuál?", buttons: [{ title: "Reprogramar mi cita…", payload: "r" }] },
  ]);
  const rows = [{ title, payload: "r", description: "d".repeat(80) }];
  expect(prepareMessage({ kind: "list", text: "¿Cuál?", button: "Ver todos los horarios", rows })).toEqual([
    {
      kind: "list",
      text: "¿Cuál?",
      button: "Ver todos los horar…",
      rows: [{ title: "Reprogramar mi cita de…", payload: "r", description: `${"d".repeat(71)}…` }],
    },
  ]);
});

test("words too many for buttons go ahead as text", () => {
  const text = `${"a".repeat(900)}\n\n${"b".repeat(900)}\n\n¿Confirmas?`;
  expect(prepareMessage({ kind: "buttons", text, buttons: [yes] })).toEqual([
    { kind: "text", text: "a".repeat(900) },
    { kind: "buttons", text: `${"b".repeat(900)}\n\n¿Confirmas?`, buttons: [yes] },
  ]);
});

test.each([
  ["four buttons", { kind: "buttons" as const, text: "x", buttons: [yes, yes, yes, yes] }],
  ["a payload too long", { kind: "buttons" as const, text: "x", buttons: [{ title: "x", payload: "p".repeat(257) }] }],
  ["eleven rows", { kind: "list" as const, text: "x", button: "y", rows: Array.from({ length: 11 }, () => yes) }],
  ["no words", { kind: "text" as const, text: " \u0000 " }],
])("%s cannot be sent", (_, message) => {
  expect(() => prepareMessage(message)).toThrow(PermanentError);
});
