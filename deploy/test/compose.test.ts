import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "@skytide/events";
import { loadConfig } from "@skytide/stage";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./render.ts";

interface Service {
  image?: string;
  build?: { context: string; target?: string; args?: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: string[] | Record<string, { condition: string }>;
  container_name?: string;
  healthcheck?: object;
  read_only?: boolean;
  user?: string;
  restart?: string;
  stop_grace_period?: string;
}

const file = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(file, { merge: true });
const services = Object.entries(compose.services);
const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");

/** `${NAME:-fallback}` and `${NAME-fallback}` as compose reads them with nothing set. */
function byDefault(text: string): string {
  return text.replace(/\$\{[A-Z_]+:?-([^}]*)\}/g, "$1");
}

test("what a service waits for exists, with a check or an end to wait for", () => {
  for (const [name, { depends_on: waits = [] }] of services) {
    const named = Array.isArray(waits) ? waits.map((one) => [one, { condition: "" }] as const) : Object.entries(waits);
    for (const [other, { condition }] of named) {
      const target = compose.services[other];
      expect(target, `${name} → ${other}`).toBeDefined();
      if (condition === "service_healthy") expect(target?.healthcheck, other).toBeDefined();
      if (condition === "service_completed_successfully") expect(target?.restart, other).toBe("no");
    }
  }
});

test("images have versions, volumes and files exist, ports stay on this machine", () => {
  for (const [name, { image = "", build, volumes = [], ports = [] }] of services) {
    if (build === undefined) expect(image, name).toMatch(/:v?\d+\.[\w.-]+$/);
    else if (build.target) expect(dockerfile).toContain(` AS ${build.target}\n`);
    for (const volume of volumes) {
      const [source = ""] = volume.split(":");
      if (source.startsWith("./")) expect(existsSync(join(ROOT, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
  }
});

test.each(STAGES)("%s starts with what compose gives it, and may run more than once", async (stage) => {
  const service = compose.services[stage];
  const { configSchema } = await import(join(ROOT, "services", stage, "src", "config.ts"));
  const given = Object.entries(service?.environment ?? {}).map(([name, value]) => [name, byDefault(String(value))]);
  expect(() => loadConfig(configSchema, Object.fromEntries(given))).not.toThrow();
  expect(service).toMatchObject({ read_only: true, user: "1000:1000", build: { args: { SERVICE: stage } } });
  expect(service?.container_name).toBeUndefined();
  expect(service?.ports).toBeUndefined();
  // exec: the signal reaches node itself.
  expect(service?.command?.at(-1)).toContain("exec node services/");
});

test("every setting in the file is one that a stage knows", async () => {
  const schemas = await Promise.all(STAGES.map((stage) => import(join(ROOT, "services", stage, "src", "config.ts"))));
  const known = schemas.flatMap(({ configSchema }) => Object.keys(configSchema.shape));
  for (const name of Object.keys(compose.services.brain?.environment ?? {})) expect(known).toContain(name);
});

test("the Dockerfile runs as uid 1000, with a node that stays process 1, and copies what each image needs", () => {
  expect(dockerfile).toContain("USER 1000:1000");
  expect(dockerfile).toContain("exec node services/");
  for (const [, source = ""] of dockerfile.matchAll(/^COPY (?!--from)(\S+) /gm)) {
    if (!source.includes("$")) expect(existsSync(join(ROOT, source)), source).toBe(true);
  }
});
