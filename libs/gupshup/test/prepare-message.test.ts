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

test("choices that would look the same are told apart, and buttons go without emoji", () => {
  const long = "Limpieza facial profunda con hidratación";
  const rows = [1, 2].map((number) => ({ title: long, payload: `row-${number}` }));
  const [list] = prepareMessage({ kind: "list", text: "¿Cuál?", button: "Ver", rows });
  expect(list).toMatchObject({ rows: [{ title: "Limpieza facial profund…" }, { title: "Limpieza facial pro… (2)" }] });
  const [buttons] = prepareMessage({ kind: "buttons", text: "¿Va? 👍", buttons: [{ title: "👍🏽 Sí", payload: "y" }] });
  expect(buttons).toMatchObject({ text: "¿Va? 👍", buttons: [{ title: "Sí" }] });
});

test("a caption that is too long, or that audio cannot have, goes ahead as text", () => {
  const url = "https://files.example/menu.pdf";
  const file = { kind: "media", mediaType: "file", url, text: "Nuestra **carta**" } as const;
  expect(prepareMessage(file)).toEqual([{ ...file, text: "Nuestra *carta*" }]);
  expect(prepareMessage({ ...file, text: "x".repeat(1025) })).toMatchObject([
    { kind: "text" },
    { kind: "media", text: "" },
  ]);
  expect(prepareMessage({ ...file, mediaType: "audio" })).toMatchObject([
    { kind: "text" },
    { kind: "media", text: "" },
  ]);
});

test("a place and a template keep what they are, in one line each", () => {
  const place = { kind: "location", latitude: 4.65, longitude: -74.05, text: "Aurora\nEstética" } as const;
  expect(prepareMessage(place)).toEqual([{ ...place, text: "Aurora Estética" }]);
  const template = { kind: "template", templateId: "t", parameters: ["uno\n\tdos", ""], text: "uno" } as const;
  expect(prepareMessage({ ...template, parameters: [...template.parameters] })).toEqual([
    { ...template, parameters: ["uno dos", "-"] },
  ]);
});
