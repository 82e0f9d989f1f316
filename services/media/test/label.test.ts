import { expect, test } from "vitest";
import { labelOf } from "../src/label.ts";

test.for([
  [
    { mediaType: "file", extension: "pdf", sizeBytes: 122_880, fileName: "orden médica.pdf" },
    "Documento «orden médica.pdf» (PDF, 120 KB)",
  ],
  [{ mediaType: "video", extension: "mp4", sizeBytes: 3_355_443 }, "Video (MP4, 3,2 MB)"],
  [{ mediaType: "sticker", extension: "webp", sizeBytes: 12 }, "Sticker (WEBP, 1 KB)"],
  [{ mediaType: "file", extension: "bin", sizeBytes: 2_048, fileName: "" }, "Documento (2 KB)"],
] as const)("%j is called %s", ([facts, label]) => {
  expect(labelOf(facts)).toBe(label);
});

test("a name is one short line without path and control characters, whatever the customer called it", () => {
  const label = (fileName: string) => labelOf({ mediaType: "file", extension: "pdf", sizeBytes: 1_024, fileName });
  expect(label("../../etc/pass\u0000wd")).toBe("Documento «pass wd» (PDF, 1 KB)");
  expect(label("a\nb».pdf")).toBe("Documento «a b.pdf» (PDF, 1 KB)");
  expect(label("x".repeat(500))).toBe(`Documento «${"x".repeat(80)}» (PDF, 1 KB)`);
});
