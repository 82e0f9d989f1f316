import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** A command that prints the logs of some stages. */
export interface Source {
  name: string;
  command: string;
  given: string[];
  /** The command cannot be told from when on: we leave out what is older. */
  cutsNothing?: boolean;
}

export interface SourceOptions {
  stages: readonly string[];
  since: string;
  follow: boolean;
  from: "local" | "compose" | "kubectl" | undefined;
  context: string | undefined;
  namespace: string | undefined;
}

const ROOT = join(import.meta.dirname, "..", "..");

/** Where logs are: where it is said, else the first place in which a fleet runs; a sentence when there is none. */
export function chooseSource(options: SourceOptions, env: NodeJS.ProcessEnv): Source | string {
  const folder = join(resolve(env.SKYTIDE_DATA_DIR?.trim() || join(ROOT, ".skytide")), "logs");
  if (options.from === "kubectl" || options.context || options.namespace) return ofCluster(options);
  if (options.from === "compose") return ofCompose(options);
  if (options.from === "local")
    return ofFolder(options, folder) ?? `There are no logs in ${folder}: "npm start" writes them.`;
  if (existsSync(join(folder, "..", "operator.json"))) return ofFolder(options, folder) ?? ofCompose(options);
  if (says("docker", ["compose", "ps", "--quiet"], env)) return ofCompose(options);
  if (says("kubectl", ["get", "deployments", "-l", "app.kubernetes.io/part-of=skytide", "-o", "name"], env)) {
    return ofCluster(options);
  }
  const left = ofFolder({ ...options, follow: false }, folder);
  return left ?? NOWHERE;
}

const NOWHERE = `No fleet was found: neither "npm start" nor docker compose runs here, and the current context of kubectl has none.
Name one: ./logs.sh all --context <context> --namespace <namespace>`;

function ofCluster({ stages, since, follow, context, namespace }: SourceOptions): Source {
  return {
    name: `kubectl${context ? ` ${context}` : ""}${namespace ? ` ${namespace}` : ""}`,
    command: "kubectl",
    given: [
      ...(context ? ["--context", context] : []),
      ...(namespace ? ["--namespace", namespace] : []),
      ...["logs", "--prefix", "--tail=-1", "--max-log-requests=100", `--since=${since}`],
      ...["-l", `app.kubernetes.io/name in (${stages.join(",")})`],
      ...(follow ? ["--follow"] : []),
    ],
  };
}

function ofCompose({ stages, since, follow }: SourceOptions): Source {
  const given = ["compose", "--project-directory", ROOT, "logs", "--no-color", "--since", since];
  return { name: "docker compose", command: "docker", given: [...given, ...(follow ? ["--follow"] : []), ...stages] };
}

/** A file per process, begun anew with every `npm start`. */
function ofFolder({ stages, follow }: SourceOptions, folder: string): Source | null {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const wanted = files.filter((file) => stages.some((stage) => new RegExp(`^${stage}(?:-\\d+)?\\.log$`).test(file)));
  if (wanted.length === 0) return null;
  const paths = wanted.map((file) => join(folder, file));
  return {
    ...{ name: folder, command: "tail", cutsNothing: true },
    given: ["-q", "-n", "+1", ...(follow ? ["-F"] : []), ...paths],
  };
}

function says(command: string, given: string[], env: NodeJS.ProcessEnv): boolean {
  const { status, stdout } = spawnSync(command, given, { cwd: ROOT, env, encoding: "utf8", timeout: 5_000 });
  return status === 0 && stdout.trim() !== "";
}
