import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./root.ts";

const serviceSchema = z.object({
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  user: z.string().optional(),
  read_only: z.boolean().default(false),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
export type ComposeService = z.infer<typeof serviceSchema>;

/** A service of docker-compose.yml with nothing set, after `where` put this machine's addresses in the place of its names. */
export function composeService(name: string, where: Readonly<Record<string, string>>): ComposeService {
  const file = z
    .object({ services: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true }));
  const service = serviceSchema.parse(file.services[name]);
  const translate = (text: string) =>
    Object.entries(where).reduce((sum, [from, to]) => sum.replaceAll(from, to), interpolate(text));
  return {
    ...service,
    ...(service.command ? { command: service.command.map(translate) } : {}),
    environment: Object.fromEntries(Object.entries(service.environment).map(([key, value]) => [key, translate(value)])),
    ...(service.healthcheck ? { healthcheck: { test: service.healthcheck.test.map(translate) } } : {}),
  };
}

function interpolate(text: string): string {
  return text.replace(/\$\{[A-Z_]+:?-([^}]*)\}/g, "$1").replaceAll("$$", "$");
}
