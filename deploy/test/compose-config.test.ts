import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STAGES } from "@skytide/events";
import { describe, expect, onTestFinished, test } from "vitest";
import { COMPOSE, compose } from "./compose-engine.ts";
import { ROOT } from "./render.ts";

interface Resolved {
  services: Record<
    string,
    {
      container_name?: string;
      ports?: object[];
      stop_grace_period?: string;
      environment?: Record<string, string>;
      deploy?: { replicas?: number };
      depends_on?: Record<string, { condition: string; required: boolean }>;
    }
  >;
}

const title =
  COMPOSE === null
    ? "docker-compose.yml as Compose itself reads it (skipped: there is no Compose v2 here)"
    : "docker-compose.yml as Compose itself reads it";

describe.skipIf(COMPOSE === null)(title, () => {
  const resolve = (...args: string[]): Resolved => {
    const { status, stdout, stderr } = compose(...args, "config", "--format", "json");
    expect(status, stderr).toBe(0);
    // An unset variable or a field that Compose does not know is a warning there, and a mistake here.
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Resolved;
  };

  test("the default is the fleet on simulators, each stage with its time to stop", () => {
    const { services } = resolve();
    expect(Object.keys(services)).toEqual(expect.arrayContaining([...STAGES, "simulators", "nats", "postgrest"]));
    expect(Object.keys(services)).not.toContain("grafana");
    expect(services.brain?.stop_grace_period).toBe("1m0s");
    expect(services.brain?.environment?.SUPABASE_URL).toBe("http://gateway:8000");
  });

  test("every stage can be scaled: it has neither a name nor a port of this machine", () => {
    const { services } = resolve("--profile", "*");
    for (const stage of STAGES) {
      expect(services[stage]?.container_name, stage).toBeUndefined();
      expect(services[stage]?.ports, stage).toBeUndefined();
    }
  });

  test.each([
    ["observability", ["grafana", "prometheus"]],
    ["real", ["real-settings"]],
  ])("the profile %s adds %j", (profile, added) => {
    const usual = Object.keys(resolve().services);
    const names = Object.keys(resolve("--profile", profile).services);
    expect(names.filter((name) => !usual.includes(name)).toSorted()).toEqual(added);
  });

  test("real.env.example switches its profile on, takes the simulators away and keeps no address of them", () => {
    const { services } = resolve("--env-file", join(ROOT, "deploy/compose/real.env.example"));
    expect(services.simulators?.deploy?.replicas).toBe(0);
    expect(services.brain?.depends_on?.["real-settings"]).toMatchObject({ required: false });
    expect(Object.keys(services)).toContain("real-settings");
    expect(JSON.stringify(services.brain?.environment)).not.toContain("simulators:8090");
  });

  test("it would say so: an unknown service to wait for, and a field that does not exist", () => {
    const folder = mkdtempSync(join(tmpdir(), "skytide-compose-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const text = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
    const broken = {
      waits: text.replace("redis: { condition", "redos: { condition"),
      field: text.replace("restart:", "restarts:"),
    };
    for (const [name, changed] of Object.entries(broken)) {
      const path = join(folder, `${name}.yml`);
      writeFileSync(path, changed);
      expect(compose("--file", path, "config", "--quiet").status, name).not.toBe(0);
    }
  });
});
