import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DURABLES } from "@skytide/bus";
import { STAGES } from "@skytide/events";
import { loadConfig } from "@skytide/stage";
import { test as withServers } from "@skytide/testing";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CUSTOM, type Manifest, OVERLAYS, ROOT, render, whyNotRender } from "./render.ts";

const reason = whyNotRender();
const rendered = reason === null ? new Map(OVERLAYS.map((overlay) => [overlay, render(overlay)])) : new Map();
const production: Manifest[] = rendered.get("production") ?? [];
const ofKind = (kind: string, from = production) => from.filter((one) => one.kind === kind);
const named = (kind: string, name: string) => ofKind(kind).find(({ metadata }) => metadata.name === name);
const labelsOfPods = () =>
  [...ofKind("Deployment"), ...ofKind("Job")].map(
    ({ spec }) => spec.template.metadata.labels as Record<string, string>,
  );

describe.skipIf(reason !== null)(`the Kubernetes manifests${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  test.each(OVERLAYS)("%s renders, every object in its namespace, every image with a version", (overlay) => {
    const objects: Manifest[] = rendered.get(overlay);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace)).size).toBe(1);
    const images = [...ofKind("Deployment", objects), ...ofKind("Job", objects)].flatMap(({ spec }) =>
      spec.template.spec.containers.map(({ image }: { image: string }) => image),
    );
    expect(images).toHaveLength(STAGES.length + 2);
    for (const image of images) expect(image).toMatch(/:(?!latest)[\w.-]+$|@sha256:/);
  });

  test.each(OVERLAYS)("%s has no field that Kubernetes does not know and no value of a wrong type", (overlay) => {
    const core = (rendered.get(overlay) as Manifest[]).filter(({ apiVersion }) => !CUSTOM.test(apiVersion));
    expect(compile(core)).toBe("");
  });

  test("a typing mistake in a field would be found", () => {
    const [deployment] = ofKind("Deployment");
    const wrong = structuredClone(deployment) as Manifest;
    wrong.spec.template.spec.containers[0].livenesProbe = {};
    expect(compile([wrong])).toContain("livenesProbe");
  });

  const crds = join(ROOT, "..", "shared", "schemas", "crd");
  test.skipIf(!existsSync(crds))("custom resources keep to their published schemas", () => {
    const custom = production.filter(({ apiVersion }) => CUSTOM.test(apiVersion));
    expect(custom.length).toBeGreaterThan(0);
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, code: { regExp: goRegExp } });
    for (const object of custom) {
      const version = object.apiVersion.split("/")[1];
      const schema = JSON.parse(readFileSync(join(crds, `${object.kind.toLowerCase()}_${version}.json`), "utf8"));
      expect(ajv.validate(schema, object) || ajv.errors, `${object.kind}/${object.metadata.name}`).toBe(true);
      expect(ajv.validate(schema, { ...object, spec: { ...object.spec, typo: 1 } }), "a typo is found").toBe(false);
    }
  });

  test.each(STAGES)("%s gets every setting that it needs and none that it does not know", async (stage) => {
    const { configSchema } = await import(join(ROOT, "services", stage, "src", "config.ts"));
    const config = ofKind("ConfigMap").find(({ metadata }) => metadata.name.startsWith("fleet-config"))?.data;
    const secret = named("ExternalSecret", "fleet-secrets")?.spec.data.map(
      ({ secretKey }: { secretKey: string }) => secretKey,
    );
    const own = containerOf(stage).env.map(({ name }: { name: string }) => name);
    const given = {
      ...config,
      ...Object.fromEntries([...secret, ...own].map((name) => [name, SECRET[name] ?? "x".repeat(16)])),
    };
    expect(() => loadConfig(configSchema, given)).not.toThrow();
    const known = await allSettings();
    for (const name of Object.keys(given)) expect(known, name).toContain(name);
  });

  test("selectors find pods, ports have names that exist, and each stage has its own NATS user", () => {
    for (const { metadata, spec } of [
      ...ofKind("Service"),
      ...ofKind("PodDisruptionBudget"),
      ...ofKind("NetworkPolicy"),
    ]) {
      const selector = spec.podSelector ?? spec.selector?.matchLabels ?? spec.selector;
      expect(
        labelsOfPods().some((labels) => selects(selector, labels)),
        metadata.name,
      ).toBe(true);
    }
    for (const stage of STAGES) {
      const ports = containerOf(stage).ports.map(({ name }: { name: string }) => name);
      for (const { targetPort } of named("Service", stage)?.spec.ports ?? [])
        expect(ports, stage).toContain(targetPort);
      for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
        expect(ports, `${stage} ${probe}`).toContain(containerOf(stage)[probe].httpGet.port);
      }
      const seed = containerOf(stage).env.find(({ name }: { name: string }) => name === "NATS_NKEY_SEED");
      expect(seed.valueFrom.secretKeyRef.name).toBe(`skytide-nats-${stage}`);
      expect(named("ServiceAccount", stage)?.automountServiceAccountToken).toBe(false);
    }
    for (const { spec } of ofKind("HTTPRoute")) {
      for (const { backendRefs } of spec.rules) {
        for (const { name, port } of backendRefs) {
          expect(named("Service", name)?.spec.ports.map((one: { port: number }) => one.port)).toContain(port);
        }
      }
    }
  });

  test("pods pass the restricted standard and end in their own time", () => {
    for (const { metadata, spec } of [...ofKind("Deployment"), ...ofKind("Job")]) {
      const pod = spec.template.spec;
      expect(pod.securityContext, metadata.name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(pod.automountServiceAccountToken, metadata.name).toBe(false);
      for (const container of pod.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.resources.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
        expect(container.resources.limits).toEqual({ memory: expect.any(String) });
      }
    }
    for (const stage of STAGES) {
      const pod = named("Deployment", stage)?.spec.template.spec;
      const pause = containerOf(stage).lifecycle?.preStop.sleep.seconds ?? 0;
      expect(pod.terminationGracePeriodSeconds, stage).toBeGreaterThanOrEqual(pause + DRAIN_SECONDS[stage] + 3 + 5);
    }
  });

  test("each stage has at most one autoscaler, none a number of replicas, and every consumer has its trigger", () => {
    const scaled = [
      ...ofKind("ScaledObject").map(({ spec }) => spec.scaleTargetRef.name),
      ...ofKind("HorizontalPodAutoscaler").map(({ spec }) => spec.scaleTargetRef.name),
    ];
    expect(scaled.toSorted()).toEqual(STAGES.toSorted());
    for (const { spec } of ofKind("Deployment")) expect(spec).not.toHaveProperty("replicas");
    for (const { metadata } of triggers()) {
      const { stream, consumer: name } = metadata;
      expect(
        DURABLES.some((one) => one.stream === stream && one.name === name),
        name,
      ).toBe(true);
      expect(metadata.account).toBe("SKYTIDE");
    }
    const read = triggers().map(({ metadata }) => metadata.consumer);
    // Ingest, which has the recorder, scales on its processor; retries are as many as an operator asks for.
    const own = DURABLES.map(({ name }) => name).filter((name) => name !== "recorder" && !name.startsWith("retry-"));
    expect(read.toSorted()).toEqual(own.toSorted());
  });

  test("Prometheus finds the stages under the jobs that alerts name, and has every rule", () => {
    const [monitor] = ofKind("PodMonitor");
    const [endpoint] = monitor?.spec.podMetricsEndpoints ?? [];
    for (const stage of STAGES) {
      const { labels } = named("Deployment", stage)?.spec.template.metadata ?? {};
      expect(selects(monitor?.spec.selector, labels), stage).toBe(true);
      expect(containerOf(stage).ports.map(({ name }: { name: string }) => name)).toContain(endpoint.port);
      const [{ sourceLabels, targetLabel, replacement }] = endpoint.relabelings;
      expect([sourceLabels, targetLabel]).toEqual([["__meta_kubernetes_pod_label_app_kubernetes_io_name"], "job"]);
      expect(replacement.replace("$1", labels["app.kubernetes.io/name"])).toBe(`skytide-${stage}`);
    }
    const [rule] = ofKind("PrometheusRule");
    const files = readdirSync(join(ROOT, "deploy/prometheus/rules"));
    const wanted = files.flatMap(
      (name) => parse(readFileSync(join(ROOT, "deploy/prometheus/rules", name), "utf8")).groups,
    );
    expect(rule?.spec.groups).toEqual(wanted);
  });

  test("every dashboard is in a ConfigMap that Grafana collects", () => {
    const maps = ofKind("ConfigMap").filter(({ metadata }) => metadata.labels?.grafana_dashboard === "1");
    const found = maps.flatMap(({ data }) => Object.entries(data as Record<string, string>));
    const names = readdirSync(join(ROOT, "deploy/grafana/dashboards"));
    expect(found.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    for (const [name, text] of found)
      expect(text).toBe(readFileSync(join(ROOT, "deploy/grafana/dashboards", name), "utf8"));
  });

  withServers("KEDA would find every trigger's lag at the server's monitoring endpoint", async ({ nats, bus }) => {
    expect(bus.connected()).toBe(true);
    // Without accounts everything stands in $G; the shape of the answer is the same.
    const answer = await fetch(`${nats.monitorUrl}/jsz?acc=$G&consumers=true&config=true`);
    const { account_details: accounts } = (await answer.json()) as { account_details: AccountDetail[] };
    const found = accounts.flatMap(({ stream_detail }) => stream_detail ?? []);
    for (const { metadata } of triggers()) {
      const stream = found.find(({ name }) => name === metadata.stream);
      const consumer = stream?.consumer_detail?.find(({ name }) => name === metadata.consumer);
      expect(consumer, `${metadata.stream}/${metadata.consumer}`).toMatchObject({ num_pending: 0, num_ack_pending: 0 });
    }
  });
});

/** What a stage needs to finish what is in hand (libs/stage, README of each service). */
const DRAIN_SECONDS = { ingest: 10, media: 45, brain: 45, outbound: 20, notifier: 20 } as const;
/** Values where a schema wants more than any text. */
const SECRET: Readonly<Record<string, string>> = {
  SUPABASE_URL: "https://project.supabase.co",
  REDIS_URL: "redis://redis:6379",
  LANGFUSE_HOST: "https://langfuse.example.com",
  CHAT_HASH_KEYS: "v1:sixteen-characters",
  BUTTON_SIGNING_KEYS: "v1:sixteen-characters",
  INVOKE_TOKENS: "a0000000-0000-4000-8000-000000000001:a-token-of-sixteen-or-more-chars",
  GUPSHUP_NOTIF_SOURCE: "573001110000",
};

/** Patterns of the schemas are Go's: (?i) at their beginning is our flag i. */
const goRegExp = Object.assign(
  (pattern: string, flags: string) =>
    new RegExp(pattern.replace("(?i)", ""), pattern.includes("(?i)") ? `${flags}i` : flags),
  { code: "goRegExp" },
);

interface AccountDetail {
  stream_detail?: {
    name: string;
    consumer_detail?: { name: string; num_pending: number; num_ack_pending: number }[];
  }[];
}

function containerOf(stage: string) {
  return named("Deployment", stage)?.spec.template.spec.containers[0];
}

function triggers(): { metadata: { stream: string; consumer: string; account: string } }[] {
  return ofKind("ScaledObject").flatMap(({ spec }) => spec.triggers);
}

function selects(
  selector: { matchLabels?: object; matchExpressions?: never[] } & Record<string, unknown>,
  labels: Record<string, string>,
) {
  const { matchLabels = selector.matchExpressions ? {} : selector, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }: { key: string; values: string[] }) => values.includes(labels[key] ?? ""))
  );
}

async function allSettings(): Promise<string[]> {
  const schemas = await Promise.all(STAGES.map((stage) => import(join(ROOT, "services", stage, "src", "config.ts"))));
  return [...schemas.flatMap(({ configSchema }) => Object.keys(configSchema.shape)), "NODE_OPTIONS"];
}

/** Types each object as what it says it is and lets the compiler look: the client libraries' types are closed. */
function compile(objects: readonly Manifest[]): string {
  const folder = mkdtempSync(join(ROOT, "node_modules", ".skytide-types-"));
  try {
    const lines = objects.map(({ apiVersion, kind }, index) => {
      const path = apiVersion === "v1" ? "v1" : apiVersion;
      return `import type { I${kind} as T${index} } from "kubernetes-models/${path}";\nexport const o${index}: T${index} = ${JSON.stringify(objects[index], null, 1)};`;
    });
    writeFileSync(join(folder, "objects.ts"), lines.join("\n"));
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--types",
      "",
    ];
    execFileSync(
      join(ROOT, "node_modules", ".bin", "tsc"),
      [...options, "--ignoreConfig", join(folder, "objects.ts")],
      { encoding: "utf8", stdio: "pipe" },
    );
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout || error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
