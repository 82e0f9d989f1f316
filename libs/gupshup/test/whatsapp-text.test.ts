import { describe, expect, test } from "vitest";
import { flattenTemplateParameter, splitText, toWhatsAppText } from "../src/index.ts";

describe("Markdown becomes WhatsApp's formatting:", () => {
  test.each([
    ["bold", "Es **mañana** a las __10__", "Es *mañana* a las *10*"],
    ["bold and italic together", "***ya***", "*_ya_*"],
    ["italic with underscores, and a single star as it is", "_hoy_ o *ya*", "_hoy_ o *ya*"],
    ["strike", "~~50.000~~ 40.000", "~50.000~ 40.000"],
    ["a heading", "## **Horarios** ##", "*Horarios*"],
    ["a link", "[Mapa](https://x.example/a_b)", "Mapa (https://x.example/a_b)"],
    ["a link that is its own label", "[https://x.example](https://x.example)", "https://x.example"],
    ["a picture", '![](https://x.example/p.png "t")', "https://x.example/p.png"],
    ["bullets", "* uno\n+ dos\n- tres\n  * cuatro", "- uno\n- dos\n- tres\n  - cuatro"],
    ["a bullet with bold", "* **uno**: dos", "- *uno*: dos"],
    ["numbers and quotes as they are", "1. uno\n> dos", "1. uno\n> dos"],
    ["a rule", "uno\n\n---\n\ndos", "uno\n\ndos"],
    ["a table", "| Servicio | Precio |\n|---|---:|\n| Corte | **30** |", "Servicio · Precio\nCorte · *30*"],
    ["escapes", "2 \\* 3 \\_x\\_", "2 * 3 _x_"],
    ["line ends and blank lines", "a  \r\nb<br>c\n\n\n\nd ", "a\nb\nc\n\nd"],
    ["code as it is", "`**no**` y ```js\nx = a ** b\n```", "`**no**` y ```\nx = a ** b\n```"],
    ["stars that stand free", "2 ** 3 y 4 * 5", "2 ** 3 y 4 * 5"],
    ["names with underscores", "sala_de_espera", "sala_de_espera"],
  ])("%s", (_, markdown, expected) => {
    expect(toWhatsAppText(markdown)).toBe(expected);
    expect(toWhatsAppText(expected.replaceAll("\\", ""))).toBe(expected);
  });
});

describe("long text is split", () => {
  test("not at all when it fits", () => {
    expect(splitText("a".repeat(4096))).toEqual(["a".repeat(4096)]);
    expect(splitText("  ")).toEqual([]);
  });

  test.each([
    [
      "between paragraphs",
      `${"a".repeat(60)}\n\n${"b".repeat(20)}\nc\n\n${"d".repeat(60)}`,
      [`${"a".repeat(60)}\n\n${"b".repeat(20)}\nc`, "d".repeat(60)],
    ],
    [
      "between lines where there is no paragraph",
      `${"a".repeat(60)}\n${"b ".repeat(30)}`,
      ["a".repeat(60), "b ".repeat(30).trim()],
    ],
    ["after a sentence", `${"a".repeat(60)}. b c ${"d".repeat(60)}`, [`${"a".repeat(60)}.`, `b c ${"d".repeat(60)}`]],
    ["between words", `${"a".repeat(60)} ${"b".repeat(60)}`, ["a".repeat(60), "b".repeat(60)]],
    ["anywhere when it must be", "a".repeat(150), ["a".repeat(100), "a".repeat(50)]],
    [
      "not at a border near the start",
      `a\n\n${"b".repeat(60)} ${"c".repeat(60)}`,
      [`a\n\n${"b".repeat(60)}`, "c".repeat(60)],
    ],
    ["never inside an emoji", `${"a".repeat(99)}😀b`, ["a".repeat(99), "😀b"]],
  ])("%s", (_, text, expected) => {
    expect(splitText(text, 100)).toEqual(expected);
  });

  test("into pieces that lose no word", () => {
    const text = Array.from({ length: 3000 }, (_, index) => `palabra${index}${index % 40 === 0 ? ".\n\n" : " "}`).join(
      "",
    );
    const pieces = splitText(text);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.every((piece) => piece.length <= 4096)).toBe(true);
    expect(pieces.join(" ").split(/\s+/)).toEqual(text.trim().split(/\s+/));
  });
});

test.each([
  ["line breaks and tabs", "uno\n\ndos\ttres     cuatro", "uno dos tres cuatro"],
  ["nothing", " \n ", "-"],
  ["control characters", "a\u0000b", "ab"],
])("a template parameter of %s is flat", (_, text, expected) => {
  expect(flattenTemplateParameter(text)).toBe(expected);
});

test("a template parameter that is too long ends in an ellipsis, with no half emoji", () => {
  expect(flattenTemplateParameter("abc😀def", 5)).toBe("abc…");
});
