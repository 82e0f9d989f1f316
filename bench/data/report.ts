import { cpus, loadavg, totalmem } from "node:os";
import { type Case, cases } from "./cases.ts";
import type { Measured } from "./measure.ts";

/** What was measured on one engine, or why nothing was. */
export interface EngineReport {
  engine: "PGlite" | "PostgreSQL";
  version: string;
  results: Map<string, Measured>;
  missing: Map<string, string>;
}

/** The table for people and for docs/benchmarks/data.md. */
export function table(reports: readonly EngineReport[]): string {
  const lines = cases.flatMap((one) => reports.map((report) => line(one, report)));
  return [
    "| what | engine | median | 9 of 10 within | bare SQL | ratio | target |",
    "|---|---|---:|---:|---:|---:|---|",
    ...lines,
  ].join("\n");
}

function line(one: Case, { engine, results, missing }: EngineReport): string {
  const result = results.get(one.name);
  if (!result) return `| ${one.name} | ${engine} | not measured: ${missing.get(one.name) ?? "no reason"} | | | | |`;
  const { medianMs, slowMs, bareMs, ratio } = result;
  return `| ${one.name} | ${engine} | ${ms(medianMs)} | ${ms(slowMs)} | ${ms(bareMs)} | ${ratio.toFixed(2)} | ${verdict(one, engine, result)} |`;
}

function verdict({ target }: Case, engine: string, result: Measured): string {
  if (!target || (target.on && target.on !== engine)) return "";
  return `${target.text}: ${target.met(result) ? "met" : "**missed**"}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

/** The page that is checked in. */
export function page(reports: readonly EngineReport[]): string {
  const [cpu] = cpus();
  const facts = [
    `${cpu?.model.trim() ?? "an unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    `load average of the last minute, this measurement included: ${loadavg()[0]?.toFixed(1)}`,
    ...reports.map(({ engine, version }) => `${engine}: ${version}`),
  ];
  return `# The data layer, measured

Made by \`npm run bench:data\` on ${new Date().toISOString().slice(0, 10)}. It needs nothing; where PostgreSQL 15 or later is installed (\`apt-get install postgresql\`),
a server of its own is started in a temporary folder and measured too.

${facts.map((fact) => `- ${fact}`).join("\n")}

One organization with 10 people, 12 services, 1,500 appointments in the next 30 days, 2,000 contacts and 1,000 chunks of knowledge
(\`bench/data/rows.sql\`). Each function is called on one connection, without the way over HTTP; **bare SQL** reads or writes the same rows by hand,
without the rules: all rows that free time is computed from, the CRM's own insert (with its triggers), one statement with a turn's facts, an upsert
with an insert, both searches unfused (\`bench/data/cases.ts\`). Both are prepared
statements and take turns. Medians; read them as ratios where the machine is
not yours alone. The server writes without \`fsync\`, as PGlite does.

${table(reports)}

What was done about the numbers: [decision 0038](../decisions/0038-what-the-database-functions-cost.md).
`;
}
