import { readdir, readFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { test } from "./setup.ts";

const folder = new URL("../src/web-phone/", import.meta.url);

describe("the web phone", () => {
  test("is served at / and says that it is a simulator", async ({ simulators }) => {
    const page = await fetch(simulators.webPhoneUrl);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await page.text();
    expect(html).toContain('lang="es"');
    expect(html).toContain("Simulador");
    expect(html).toContain("ningún mensaje sale de este equipo");
  });

  test("has every file that its page and its modules name", async ({ simulators }) => {
    for (const name of await readdir(folder)) {
      const text = await readFile(new URL(name, folder), "utf8");
      const named = [...text.matchAll(/(?:href|src)="(\/[^"]+)"|from "\.\/([^"]+)"/g)];
      for (const [_, path, module] of named) {
        const response = await fetch(new URL(path ?? `/web-phone/${module}`, simulators.webPhoneUrl));
        expect(response.status, `${name} names ${path ?? module}`).toBe(200);
      }
    }
  });

  test("loads nothing from elsewhere, and its policy forbids it", async ({ simulators }) => {
    for (const name of await readdir(folder)) {
      const text = await readFile(new URL(name, folder), "utf8");
      expect(text.replaceAll(/http:\/\/www\.w3\.org\/\S+/g, ""), name).not.toMatch(
        /(?:src|href|url)\s*[=(:]\s*["']?https?:/,
      );
    }
    const page = await fetch(simulators.webPhoneUrl);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  });

  test("gets businesses, people and samples from the simulator", async ({ simulators }) => {
    const setup = await (await fetch(`${simulators.gupshupUrl}/simulator/gupshup`)).json();
    expect(setup).toMatchObject({
      simulator: "gupshup",
      apps: [{ name: "AuroraDemo" }, { name: "BrisaDemo" }, { name: "SkytideAvisos", isNotices: true }],
      people: expect.arrayContaining([expect.objectContaining({ name: "Laura Gómez" })]),
      samples: expect.arrayContaining([expect.objectContaining({ name: "nota-cita", kind: "audio", isBroken: false })]),
    });
  });
});
