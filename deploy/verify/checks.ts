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
const IMAGES_LIMIT_MS = 900_000;

const K8S = /k8s/;

/** Every check, the quick ones first. */
export function allChecks(): Check[] {
  return [
    vitestCheck(ROOT, [
      { name: "overlays", file: K8S, title: /renders/ },
      { name: "strict-types", file: K8S, title: /field that Kubernetes does not know|typing mistake/ },
      { name: "strict-values", file: /k8s-values/, title: /./ },
      { name: "crd-schemas", file: K8S, title: /published schemas/ },
      { name: "keda", file: K8S, title: /KEDA/ },
      { name: "cross-object", file: K8S, title: /./ },
      { name: "compose-config", file: /compose-config/, title: /./ },
      { name: "compose-facts", file: /compose|server-configs/, title: /./ },
      { name: "dockerfile", file: /dockerfile/, title: /./ },
      { name: "dashboards", file: /grafana|dashboard/, title: /./ },
      { name: "rules-facts", file: /prometheus|metrics/, title: /./ },
      { name: "other-tests", file: /./, title: /./ },
    ]),
    promtool("promtool-rules", "promtool check rules", () => ["check", "rules", ...inFolder("rules")]),
    promtool("promtool-tests", "promtool test rules", () => ["test", "rules", ...inFolder("tests")]),
    promtool("promtool-config", "promtool check config", () => ["check", "config", join(PROMETHEUS, "prometheus.yml")]),
    images(),
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

/** The images' own program prints a line for each thing it did; each becomes a row. */
function images(): Check {
  return {
    name: "images",
    about: "every image built without a daemon, and the fleet run from them",
    missing: async () => undefined,
    async run({ signal, row }) {
      const given = [join("deploy", "images", "verify.ts")];
      const limits = { cwd: ROOT, signal, limitMs: IMAGES_LIMIT_MS };
      const { code, output } = await runCommand(process.execPath, given, limits);
      const lines = [...output.matchAll(/^(ok|failed|skipped) +([\d.]+) s {2}([^:]+): (.*)$/gm)];
      for (const [, result, seconds, check, seen] of lines) {
        const said = result === "skipped" ? `skipped: ${seen}` : `${seen}`;
        row({ check: `${check}`, result: result as "ok" | "failed" | "skipped", seconds: Number(seconds), seen: said });
      }
      const told = lines.some(([, result]) => result === "failed");
      if ((code !== 0 && !told) || lines.length === 0) throw new Error(output.slice(-500));
      return undefined;
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
