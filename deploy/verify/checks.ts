import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./check.ts";
import { canRun, runCommand } from "./command.ts";
import { LIVE_ROWS } from "./live/run-live.ts";
import { runLiveApart } from "./live/run-live-apart.ts";
import { vitestCheck } from "./vitest-check.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PROMETHEUS = join(ROOT, "deploy", "prometheus");
const LIMIT_MS = 120_000;

const K8S = /k8s/;

/** Every check, the quick ones first. */
export function allChecks(): Check[] {
  return [
    vitestCheck(ROOT, [
      { name: "overlays", file: K8S, title: /renders/ },
      { name: "strict-types", file: K8S, title: /field that Kubernetes does not know|typing mistake/ },
      { name: "crd-schemas", file: K8S, title: /published schemas/ },
      { name: "keda", file: K8S, title: /KEDA/ },
      { name: "cross-object", file: K8S, title: /./ },
      { name: "compose-facts", file: /compose/, title: /./ },
      { name: "dashboards", file: /grafana|dashboard/, title: /./ },
      { name: "rules-facts", file: /prometheus|metrics/, title: /./ },
      { name: "other-tests", file: /./, title: /./ },
    ]),
    promtool("promtool-rules", "promtool check rules", () => ["check", "rules", ...inFolder("rules")]),
    promtool("promtool-tests", "promtool test rules", () => ["test", "rules", ...inFolder("tests")]),
    promtool("promtool-config", "promtool check config", () => ["check", "config", join(PROMETHEUS, "prometheus.yml")]),
    composeConfig(),
    live(),
  ];
}

function inFolder(name: string): string[] {
  return readdirSync(join(PROMETHEUS, name)).map((file) => join(PROMETHEUS, name, file));
}

function promtool(name: string, about: string, given: () => string[]): Check {
  return {
    ...{ name, about },
    missing: async () => ((await canRun("promtool", ["--version"], ROOT)) ? undefined : "there is no promtool"),
    async run({ signal }) {
      const { code, output } = await runCommand("promtool", given(), { cwd: ROOT, signal, limitMs: LIMIT_MS });
      if (code !== 0) throw new Error(output);
      const found = output.match(/\d+ rules? found/g) ?? [];
      return found.length > 0 ? found.join(", ") : "SUCCESS";
    },
  };
}

/** Compose 2 checks without an engine; the Python one of before does not know half of the file. */
function composeConfig(): Check {
  const profiles = ["--profile", "observability", "--profile", "real"];
  let found: [string, ...string[]] | undefined;
  return {
    name: "compose-config",
    about: "docker-compose config, every profile",
    async missing() {
      for (const one of [["docker-compose"], ["docker", "compose"]] as [string, ...string[]][]) {
        const [command, ...before] = one;
        const version = await runCommand(command, [...before, "version", "--short"], {
          ...{ cwd: ROOT, signal: new AbortController().signal, limitMs: LIMIT_MS },
        }).catch(() => undefined);
        if (version?.code === 0 && /^v?[2-9]/.test(version.output)) found = one;
      }
      return found === undefined ? "there is no docker-compose of version 2 or later" : undefined;
    },
    async run({ signal }) {
      const [command = "", ...before] = found ?? [];
      const given = [...before, ...profiles, "config", "-q"];
      const { code, output } = await runCommand(command, given, { cwd: ROOT, signal, limitMs: LIMIT_MS });
      if (code !== 0) throw new Error(output);
      return "valid with every profile";
    },
  };
}

function live(): Check {
  return {
    name: "live",
    about: "Prometheus on a running fleet, a load, planted outages",
    rows: LIVE_ROWS,
    missing: async () => ((await canRun("prometheus", ["--version"], ROOT)) ? undefined : "there is no prometheus"),
    async run(context) {
      await runLiveApart(context);
      return undefined;
    },
  };
}
