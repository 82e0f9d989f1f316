import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEvent } from "@skytide/events";
import { expect, test } from "vitest";
import { aurora, createTestHandler } from "./builders.ts";

const samplesPath = fileURLToPath(new URL("../../../../shared/reference/gupshup-samples.json", import.meta.url));

interface Sample {
  kind: string;
  body: unknown;
}

test.skipIf(!existsSync(samplesPath))("every captured sample gets the status that it deserves", async () => {
  const samples: Sample[] = JSON.parse(readFileSync(samplesPath, "utf8"));
  const { post, published } = await createTestHandler({ rows: connectionsOf(samples) });
  const refused: Record<string, number> = {};
  for (const { kind, body } of samples) {
    const { status } = await post(body, "");
    if (status !== 200) refused[kind] = status;
  }
  expect(refused).toEqual({
    "edge/v2/message/button_reply/no-envelope-and-null-gsId": 404,
    "edge/raw/empty-body": 400,
    "edge/raw/truncated-json": 400,
    "edge/v2/message/text/unknown-app": 404,
    "edge/enterprise/delivery-report-array": 400,
  });
  expect(published.map(({ type }) => type).filter((type) => type === "message.received")).toHaveLength(23);
  expect(published.map((event) => parseEvent(JSON.parse(JSON.stringify(event))).kind)).not.toContain("invalid");
});

/** A connection without a secret for every app of the samples but the one that nobody has. */
function connectionsOf(samples: readonly Sample[]) {
  const apps = new Map<string, { appName: string; appId: string | null }>();
  for (const { body } of samples) {
    const fields = typeof body === "object" && body !== null ? (body as Record<string, string | undefined>) : {};
    const { app, appId = null } = fields;
    if (app !== undefined && app !== "NoSuchApp99")
      apps.set(app, { appName: app, appId: appId ?? apps.get(app)?.appId ?? null });
  }
  for (const { body } of samples) {
    const { gs_app_id: id } =
      typeof body === "object" && body !== null ? (body as Record<string, string | undefined>) : {};
    const isKnown = [...apps.values()].some(({ appId }) => appId === id);
    if (id !== undefined && !isKnown) apps.set(id, { appName: `app of ${id}`, appId: id });
  }
  return [...apps.values()].map((app, index) => ({
    ...aurora,
    ...app,
    organizationId: `a0000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    businessNumber: null,
    webhookSecret: null,
  }));
}
