import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startChild } from "@skytide/embedded";
import { stringify } from "yaml";
import { z } from "zod";

const READY_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 15_000;

const vectorSchema = z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) });
const answerSchema = z.object({ data: z.unknown() });
const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({ name: z.string(), query: z.string(), health: z.string(), lastError: z.string().optional() }),
      ),
    }),
  ),
});
const alertsSchema = z.object({
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.enum(["pending", "firing"]) })),
});

/** An alert that fires or is about to. */
export type Alert = z.infer<typeof alertsSchema>["alerts"][number];

/** A Prometheus of our own that scrapes a fleet, and what a check asks of it. */
export interface Prometheus {
  url: string;
  metricNames(): Promise<string[]>;
  rules(): Promise<z.infer<typeof rulesSchema>["groups"][number]["rules"]>;
  alerts(): Promise<Alert[]>;
  /** How many series the expression finds now; the quantile of something idle, NaN, is one. Throws with Prometheus' sentence when it is wrong. */
  count(expression: string): Promise<number>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  folder: string;
  port: number;
  /** Scrapes and evaluates this often. */
  everyMs: number;
  /** Texts of rule files by name. */
  rules: Readonly<Record<string, string>>;
  /** Admin addresses by job. */
  targets: Readonly<Record<string, readonly string[]>>;
}

/** Starts the Prometheus that is on the PATH on an empty folder, and waits until it has scraped every target. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const config = await writeConfig(options);
  const url = `http://127.0.0.1:${options.port}`;
  const child = await startChild("prometheus", [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(options.folder, "data")}`,
    `--web.listen-address=127.0.0.1:${options.port}`,
    "--enable-feature=exemplar-storage",
    "--log.level=warn",
  ]);
  let ended: string | undefined;
  void child.exited.then(({ lastLines }) => {
    ended = lastLines;
  });
  const prometheus = { url, ...questions(url), stop: () => child.stop() };
  const wanted = Object.values(options.targets).flat().length;
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    if (ended !== undefined) throw new Error(`Prometheus ended: ${ended}`);
    const up = await prometheus.count("up == 1").catch(() => 0);
    if (up === wanted) return prometheus;
    if (performance.now() > deadline) {
      await child.stop();
      throw new Error(`Prometheus saw ${up} of ${wanted} processes within ${READY_WITHIN_MS / 1_000} s.`);
    }
    await pause(200);
  }
}

async function writeConfig({ folder, everyMs, rules, targets }: PrometheusOptions): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(rules)) await writeFile(join(folder, name), text);
  const path = join(folder, "prometheus.yml");
  const config = {
    global: { scrape_interval: `${everyMs}ms`, scrape_timeout: `${everyMs}ms`, evaluation_interval: `${everyMs}ms` },
    rule_files: Object.keys(rules),
    scrape_configs: Object.entries(targets).map(([job, addresses]) => ({
      job_name: job,
      static_configs: [{ targets: addresses.map((address) => new URL(address).host) }],
    })),
  };
  await writeFile(path, stringify(config));
  return path;
}

function questions(url: string): Omit<Prometheus, "url" | "stop"> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}: ${await response.text()}`);
    return answerSchema.parse(await response.json()).data;
  };
  return {
    metricNames: async () => z.array(z.string()).parse(await ask("label/__name__/values")),
    rules: async () => rulesSchema.parse(await ask("rules")).groups.flatMap(({ rules }) => rules),
    alerts: async () => alertsSchema.parse(await ask("alerts")).alerts,
    count: async (expression) => {
      const result = await ask(`query?query=${encodeURIComponent(expression)}`);
      return vectorSchema.parse(result).result.length;
    },
  };
}
