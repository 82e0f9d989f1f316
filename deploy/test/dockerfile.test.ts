import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "@skytide/events";
import { expect, test } from "vitest";
import { ROOT } from "./render.ts";

/** Every instruction with its words, lines that go on put together, in the build stage that it stands in. */
const instructions = readFileSync(join(ROOT, "Dockerfile"), "utf8")
  .replace(/^#.*\n/gm, "")
  .replace(/\\\n/g, " ")
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => ({ name: line.split(" ", 1)[0] ?? "", words: line.trim().split(/\s+/).slice(1), line }));

const named = (name: string) => instructions.filter((one) => one.name === name);
const stageOf = ({ words }: { words: string[] }) => words[2] ?? "";

test("it is made of instructions that exist, and each stage builds on an image or on one above it", () => {
  const known = new Set(["FROM", "ARG", "ENV", "LABEL", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "CMD"]);
  for (const { name, line } of instructions) expect(known.has(name), line).toBe(true);
  const above = new Set<string>();
  for (const { name, words, line } of instructions) {
    const source =
      name === "FROM" ? words[0] : words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
    if (source !== undefined && !source.startsWith("$")) expect(above.has(source), line).toBe(true);
    if (name === "FROM") above.add(stageOf({ words }));
  }
});

test.each(STAGES)("what the image of %s copies is there, and not left out by .dockerignore", (stage) => {
  const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n").filter(Boolean);
  for (const { words, line } of named("COPY")) {
    const [source = ""] = words.filter((word) => !word.startsWith("--"));
    if (line.includes("--from=")) continue;
    const path = source.replace(/\$\{SERVICE\}/, stage);
    expect(existsSync(join(ROOT, path)), line).toBe(true);
    expect(ignored).not.toContain(path);
  }
});

test("every variable is declared in the stage that reads it", () => {
  const declared = new Map<string, Set<string>>();
  let here = new Set<string>(["NODE_IMAGE"]);
  for (const { name, words, line } of instructions) {
    if (name === "FROM") {
      here = new Set(declared.get(words[0] ?? ""));
      declared.set(stageOf({ words }), here);
      continue;
    }
    for (const [, variable = ""] of line.matchAll(/\$\{([A-Z_]+)\}/g)) expect(here.has(variable), line).toBe(true);
    if (name === "ARG" || name === "ENV") for (const word of words) here.add(word.split("=", 1)[0] ?? "");
  }
});

test("skytide is a command in every image: npm itself links none whose file comes later", () => {
  const link = instructions.find(({ line }) => line.includes("ln -s"))?.words ?? [];
  const [target = "", command] = link.slice(-2);
  expect(command).toBe("/usr/local/bin/skytide");
  accessSync(join(ROOT, target.replace("/app/", "")), constants.X_OK);
});
