import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "@skytide/events";
import { loadConfig } from "@skytide/stage";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./render.ts";

interface Service {
  image?: string;
  build?: { context: string; target?: string; args?: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: string[] | Record<string, { condition: string; required?: boolean }>;
  container_name?: string;
  healthcheck?: object;
  read_only?: boolean;
  user?: string;
  restart?: string;
  stop_grace_period?: string;
  profiles?: string[];
  deploy?: { replicas: string };
}

const file = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(file, { merge: true });
const services = Object.entries(compose.services);
const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");

/** `${NAME:-fallback}` (counts for an empty value, too) and `${NAME-fallback}` as compose reads them. */
function interpolate(text: string, set: Record<string, string> = {}): string {
  return text.replace(/\$\{([A-Z_]+)(:?)-([^}]*)\}/g, (_, name: string, colon: string, fallback: string) =>
    set[name] === undefined || (colon && set[name] === "") ? fallback : set[name],
  );
}

/** The environment of a service where these settings are given. */
function environmentOf(service: string, set: Record<string, string> = {}): Record<string, string> {
  const given = Object.entries(compose.services[service]?.environment ?? {});
  return Object.fromEntries(given.map(([name, value]) => [name, interpolate(String(value), set)]));
}

/** What nobody can fill in for the user. */
const FILLED = {
  OPENAI_API_KEY: "sk-own",
  GEMINI_API_KEY: "own",
  CHAT_HASH_KEYS: "v1:sixteen-characters-own",
  BUTTON_SIGNING_KEYS: "v1:sixteen-characters-own",
  INTERNAL_TOKEN: "own-internal-token-of-some-length",
  POSTGRES_PASSWORD: "own",
  SUPABASE_JWT_SECRET: "own",
  SUPABASE_SERVICE_ROLE_KEY: "own",
};

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
  expect(() => loadConfig(configSchema, environmentOf(stage))).not.toThrow();
  expect(service).toMatchObject({ read_only: true, user: "1000:1000", build: { args: { SERVICE: stage } } });
  expect(service?.container_name).toBeUndefined();
  expect(service?.ports).toBeUndefined();
  // exec: the signal reaches node itself.
  expect(service?.command?.at(-1)).toContain("exec node services/");
});

test("without a profile everything runs on simulators; profiles add Prometheus with Grafana, and the check of real settings", () => {
  const of = (profile: string) => services.filter(([, { profiles = [] }]) => profiles.includes(profile));
  expect(of("observability").map(([name]) => name)).toEqual(["prometheus", "grafana"]);
  expect(of("real").map(([name]) => name)).toEqual(["real-settings"]);
  const always = services.filter(([, { profiles }]) => profiles === undefined);
  expect(always.map(([name]) => name)).toEqual(expect.arrayContaining([...STAGES, "nats", "postgres", "simulators"]));
  for (const [name, { depends_on: waits = {} }] of always) {
    const named = Array.isArray(waits) ? waits.map((one) => [one, undefined] as const) : Object.entries(waits);
    for (const [other, wait] of named) {
      // What only a profile starts may be waited for, not required.
      if (compose.services[other]?.profiles) expect(wait?.required, `${name} → ${other}`).toBe(false);
    }
  }
});

describe("the profile real", () => {
  const example = Object.fromEntries(
    [...readFileSync(join(ROOT, "deploy/compose/real.env.example"), "utf8").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );
  const filled = { ...example, ...FILLED };

  test("is switched on by the example, without simulators, and every line of it is a setting of the compose file", () => {
    expect(example).toMatchObject({ COMPOSE_PROFILES: "real", SIMULATORS: "0" });
    expect(interpolate(String(compose.services.simulators?.deploy?.replicas), example)).toBe("0");
    for (const name of Object.keys(example).filter((one) => one !== "COMPOSE_PROFILES")) {
      expect(file, name).toMatch(new RegExp(`\\$\\{${name}:?-`));
    }
  });

  test("starts no stage while a setting names a simulator or a key that everybody can read, and says which", () => {
    expect(checkSettings({}).status).toBe(1);
    const asCopied = checkSettings(example);
    expect(asCopied.status).toBe(1);
    for (const name of Object.keys(FILLED)) expect(asCopied.stdout, name).toContain(name);
    expect(asCopied.stdout).not.toContain("LANGFUSE");
    expect(checkSettings(filled)).toMatchObject({ status: 0, stdout: "" });
  });

  test.each(STAGES)("gives %s what it needs", async (stage) => {
    const { configSchema } = await import(join(ROOT, "services", stage, "src", "config.ts"));
    expect(() => loadConfig(configSchema, environmentOf(stage, filled))).not.toThrow();
  });

  function checkSettings(set: Record<string, string>) {
    const script = join(ROOT, "deploy/compose/real-settings.sh");
    const env = { PATH: process.env.PATH, ...environmentOf("real-settings", set) };
    return spawnSync("sh", [script], { env, encoding: "utf8" });
  }
});

test("every setting in the file is one that a stage knows", async () => {
  const schemas = await Promise.all(STAGES.map((stage) => import(join(ROOT, "services", stage, "src", "config.ts"))));
  const known = schemas.flatMap(({ configSchema }) => Object.keys(configSchema.shape));
  for (const name of Object.keys(compose.services.brain?.environment ?? {})) expect(known).toContain(name);
});

test("whoever signs in to Postgres has a password there: the image itself gives one to postgres alone", () => {
  const roles = readFileSync(join(ROOT, "deploy/compose/roles.sql"), "utf8");
  const users = [...file.matchAll(/"postgres:\/\/(\w+):/g)].map(([, user]) => user);
  expect(users).toContain("authenticator");
  for (const user of users.filter((one) => one !== "postgres"))
    expect(roles).toContain(`alter user ${user} with password`);
  expect(compose.services.postgres?.volumes?.join()).toContain("/init-scripts/99-roles.sql");
});

test("the Dockerfile runs as uid 1000, with a node that stays process 1, and copies what each image needs", () => {
  expect(dockerfile).toContain("USER 1000:1000");
  expect(dockerfile).toContain("exec node services/");
  for (const [, source = ""] of dockerfile.matchAll(/^COPY (?!--from)(\S+) /gm)) {
    if (!source.includes("$")) expect(existsSync(join(ROOT, source)), source).toBe(true);
  }
});
