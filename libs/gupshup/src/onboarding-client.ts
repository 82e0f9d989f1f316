import { z } from "zod";

export interface OnboardingClientOptions {
  /** Default `https://api.gupshup.io`. */
  baseUrl?: string | undefined;
  /** Default `https://partner.gupshup.io`. */
  partnerUrl?: string | undefined;
  /** Default 15 s: a person waits. */
  timeoutMs?: number | undefined;
  fetch?: typeof fetch | undefined;
}

/** What Gupshup said to a question of somebody who sets an app up: its answer, or a reason without anything secret in it. */
export type OnboardingAnswer<Value> =
  | { kind: "ok"; value: Value }
  | { kind: "refused"; status: number }
  | { kind: "unreachable" };

export interface AppTemplate {
  id: string;
  name: string;
  /** As Gupshup writes it, in lower case. */
  status: string;
}

export interface AppSubscription {
  id: string;
  tag: string;
  url: string;
  version?: number | undefined;
  active: boolean;
  /** In upper case. */
  modes: string[];
}

interface NewSubscription {
  /** Of the one to change; none makes a new one. */
  id?: string | undefined;
  tag: string;
  url: string;
  version: 2 | 3;
  modes: readonly string[];
  /** Sent by Gupshup with every call. */
  headers: Readonly<Record<string, string>>;
}

/** What setting an app up needs of Gupshup; nothing here throws. */
export interface OnboardingClient {
  listTemplates(app: { appId: string; apiKey: string }): Promise<OnboardingAnswer<AppTemplate[]>>;
  /** The app's own token, for the two below; with the partner's. */
  appToken(app: { appId: string; partnerToken: string }): Promise<OnboardingAnswer<string>>;
  listSubscriptions(app: { appId: string; appToken: string }): Promise<OnboardingAnswer<AppSubscription[]>>;
  saveSubscription(
    app: { appId: string; appToken: string },
    subscription: NewSubscription,
  ): Promise<OnboardingAnswer<unknown>>;
}

const text = z.preprocess((value) => (typeof value === "number" ? String(value) : value), z.string().catch(""));

const templatesSchema = z
  .object({ templates: z.array(z.object({ id: text, elementName: text, status: text })) })
  .transform(({ templates }) =>
    templates.map(({ id, elementName, status }) => ({ id, name: elementName, status: status.toLowerCase() })),
  );

const tokenSchema = z.object({ token: z.object({ token: z.string().min(1) }) }).transform(({ token }) => token.token);

const modes = z
  .union([z.array(z.string()), z.string().transform((list) => list.split(","))])
  .catch([])
  .transform((list) => list.map((mode) => mode.trim().toUpperCase()));
const subscriptionsSchema = z
  .object({
    subscriptions: z.array(
      z.object({
        id: text,
        tag: text,
        url: text,
        version: z.coerce.number().optional().catch(undefined),
        active: z.boolean().catch(true),
        modes,
      }),
    ),
  })
  .transform(({ subscriptions }) => subscriptions);

/** Asks Gupshup what an app has, and subscribes our webhook to it (partner API). */
export function createOnboardingClient({
  baseUrl = "https://api.gupshup.io",
  partnerUrl = "https://partner.gupshup.io",
  timeoutMs = 15_000,
  fetch: doFetch = fetch,
}: OnboardingClientOptions = {}): OnboardingClient {
  async function ask<Value>(
    url: string,
    init: RequestInit,
    schema: z.ZodType<Value>,
  ): Promise<OnboardingAnswer<Value>> {
    try {
      // A key must not follow to another host.
      const response = await doFetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
      const body = await response.text();
      if (!response.ok) return { kind: "refused", status: response.status };
      const parsed = schema.safeParse(toJson(body));
      return parsed.success ? { kind: "ok", value: parsed.data } : { kind: "refused", status: response.status };
    } catch {
      return { kind: "unreachable" };
    }
  }

  const partner = (appId: string, path: string) =>
    `${withoutSlash(partnerUrl)}/partner/app/${encodeURIComponent(appId)}/${path}`;
  return {
    listTemplates: ({ appId, apiKey }) =>
      ask(
        `${withoutSlash(baseUrl)}/wa/app/${encodeURIComponent(appId)}/template`,
        { headers: { apikey: apiKey } },
        templatesSchema,
      ),
    appToken: ({ appId, partnerToken }) =>
      ask(partner(appId, "token"), { headers: { authorization: partnerToken } }, tokenSchema),
    listSubscriptions: ({ appId, appToken }) =>
      ask(partner(appId, "subscription"), { headers: { authorization: appToken } }, subscriptionsSchema),
    saveSubscription: ({ appId, appToken }, { id, tag, url, version, modes: wanted, headers }) =>
      ask(
        partner(appId, id === undefined ? "subscription" : `subscription/${encodeURIComponent(id)}`),
        {
          method: id === undefined ? "POST" : "PUT",
          headers: { authorization: appToken, "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({
            ...{ tag, url, version: String(version), modes: wanted.join(","), showOnUI: "false" },
            meta: JSON.stringify({ headers }),
          }).toString(),
        },
        z.unknown(),
      ),
  };
}

const withoutSlash = (url: string) => url.replace(/\/+$/, "");

function toJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
