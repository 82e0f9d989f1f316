import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..", "..");
export const OVERLAYS = ["dev", "staging", "production"] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** Kinds that a cluster knows by a CRD only. */
export const CUSTOM = /^(keda\.sh|external-secrets\.io|gateway\.networking\.k8s\.io|monitoring\.coreos\.com)\//;

/** A Kubernetes object as it is rendered. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: the checks look into every kind of object
  [field: string]: any;
}

/** Why overlays cannot be rendered here; null when they can. */
export function whyNotRender(): string | null {
  try {
    const version = execFileSync("kubectl", ["version", "--client", "-o", "json"], { encoding: "utf8", stdio: "pipe" });
    const [, minor = 0] = /"gitVersion": "v1\.(\d+)/.exec(version)?.map(Number) ?? [];
    return minor >= 27 ? null : "kubectl is older than 1.27";
  } catch {
    return "there is no kubectl";
  }
}

/** Renders an overlay with kubectl alone; the dev overlay with its example secrets. */
export function render(overlay: Overlay): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), "skytide-k8s-"));
  try {
    for (const part of ["k8s", "grafana"]) cpSync(join(ROOT, "deploy", part), join(folder, part), { recursive: true });
    const target = join(folder, "k8s", "overlays", overlay);
    for (const name of readdirSync(target).filter((file) => file.endsWith(".env.example"))) {
      cpSync(join(target, name), join(target, name.replace(/\.example$/, "")));
    }
    const text = execFileSync("kubectl", ["kustomize", target], { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
    return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
