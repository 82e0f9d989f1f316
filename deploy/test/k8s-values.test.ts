import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { CUSTOM, type Manifest, OVERLAYS, render, whyNotRender } from "./render.ts";

const reason = whyNotRender();
const coreOf = (overlay: (typeof OVERLAYS)[number]) =>
  render(overlay).filter(({ apiVersion }) => !CUSTOM.test(apiVersion));
const nameOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;

describe.skipIf(reason !== null)(`values in the manifests${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  test.each(OVERLAYS)("%s has none that Kubernetes' schemas refuse", async (overlay) => {
    for (const object of coreOf(overlay)) expect(await refusalOf(object), nameOf(object)).toBeNull();
  });

  test("a wrong quantity would be found", async () => {
    const deployment = coreOf("production").find(({ kind }) => kind === "Deployment") as Manifest;
    deployment.spec.template.spec.containers[0].resources.limits.memory = "lots";
    expect(await refusalOf(deployment)).toContain("memory");
  });

  test.each(OVERLAYS)("kubectl reads %s into its own types and loses nothing", (overlay) => {
    const owners = coreOf(overlay).filter(({ kind }) => kind === "Deployment" || kind === "Job");
    expect(owners.length).toBeGreaterThan(0);
    for (const owner of owners) expect(readByKubectl(owner), nameOf(owner)).toMatchObject(owner);
  });

  test("a field that kubectl does not know is lost on the way", () => {
    const deployment = coreOf("production").find(({ kind }) => kind === "Deployment") as Manifest;
    deployment.spec.template.spec.containers[0].livenesProbe = {};
    expect(readByKubectl(deployment)).not.toMatchObject(deployment);
  });
});

/** What the published schema says against an object; null for nothing. */
async function refusalOf(object: Manifest): Promise<string | null> {
  const path = `kubernetes-models/${object.apiVersion}`;
  const models: Record<string, new (data: object) => { validate(): void }> = await import(path);
  const Model = models[object.kind];
  if (Model === undefined) return `there is no ${object.apiVersion} ${object.kind}`;
  try {
    new Model(object).validate();
    return null;
  } catch (error) {
    return String(error);
  }
}

/** The object as kubectl writes it after it went through its types, by a command that needs no cluster. */
function readByKubectl(object: Manifest): Manifest {
  const mark = "SKYTIDE_PASSED_THROUGH";
  const text = execFileSync("kubectl", ["set", "env", "--local", "-f", "-", `${mark}=1`, "-o", "json"], {
    encoding: "utf8",
    input: JSON.stringify(object),
  });
  const read = JSON.parse(text) as Manifest;
  for (const container of read.spec.template.spec.containers) {
    container.env = container.env.filter(({ name }: { name: string }) => name !== mark);
    if (container.env.length === 0) delete container.env;
  }
  return read;
}
