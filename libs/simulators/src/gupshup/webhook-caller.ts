import type { WebhookEvent } from "../fault-schemas.ts";
import type { Timers } from "../timers.ts";
import type { GupshupApp } from "./apps.ts";

/** One webhook call that has to arrive. */
export interface WebhookCall {
  app: GupshupApp;
  event: WebhookEvent | "probe";
  /** The customer that it is about; calls about one customer leave in order. */
  phone: string;
  body: object;
  /** The message that it tells of. */
  messageId: string;
}

interface WebhookCallerDeps {
  timers: Timers;
  secretHeader: string;
  timeoutMs: number;
  redeliveryDelayMs: number;
  url(): string | undefined;
  onDelivered(call: WebhookCall): void;
  /** The answer's body was not empty: on the real platform the customer may read it. */
  onAnswerText(call: WebhookCall, text: string): void;
}

/** About half an hour with the default pause. */
const MAX_ATTEMPTS = 60;

/** Calls the business's webhook until it answers 2xx. */
export interface WebhookCaller {
  call(call: WebhookCall): void;
  /** What has not arrived yet. */
  pending(): WebhookCall[];
  stats(): { delivered: number; failedAttempts: number; gaveUp: number };
  clear(): void;
  stop(): void;
}

/** Creates a caller that repeats what fails: no answer in time, or a status other than 2xx. */
export function createWebhookCaller(deps: WebhookCallerDeps): WebhookCaller {
  let pending = new Set<WebhookCall>();
  let aborter = new AbortController();
  let stats = { delivered: 0, failedAttempts: 0, gaveUp: 0 };
  const lines = new Map<string, Promise<void>>();

  const attempt = async (call: WebhookCall, number: number): Promise<void> => {
    if (!pending.has(call)) return;
    if (await post(deps, call, aborter.signal)) {
      stats.delivered += 1;
      if (pending.delete(call)) deps.onDelivered(call);
      return;
    }
    if (!pending.has(call)) return;
    stats.failedAttempts += 1;
    if (number >= MAX_ATTEMPTS) {
      stats.gaveUp += 1;
      pending.delete(call);
      return;
    }
    const wait = deps.redeliveryDelayMs * Math.min(2 ** (number - 1), 30);
    deps.timers.after(wait, () => void attempt(call, number + 1));
  };

  const clear = () => {
    aborter.abort();
    aborter = new AbortController();
    pending = new Set();
    lines.clear();
    stats = { delivered: 0, failedAttempts: 0, gaveUp: 0 };
  };

  return {
    call: (call) => {
      pending.add(call);
      // The first attempts about one customer leave one after the other; a repeated one overtakes nobody and holds up nobody.
      const line = `${call.app.name}/${call.phone}`;
      const last = (lines.get(line) ?? Promise.resolve()).then(() => attempt(call, 1));
      lines.set(line, last);
    },
    pending: () => [...pending],
    stats: () => ({ ...stats }),
    clear,
    stop: () => aborter.abort(),
  };
}

async function post(deps: WebhookCallerDeps, call: WebhookCall, stopped: AbortSignal): Promise<boolean> {
  const { app } = call;
  const url = deps.url();
  if (url === undefined) return false;
  try {
    const response = await fetch(fill(url, app), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Skytide-Gupshup-Simulator",
        ...(app.webhookSecret === undefined ? {} : { [deps.secretHeader]: app.webhookSecret }),
      },
      body: JSON.stringify(call.body),
      signal: AbortSignal.any([stopped, AbortSignal.timeout(deps.timeoutMs)]),
    });
    const text = await response.text();
    if (text !== "") deps.onAnswerText(call, text);
    return response.ok;
  } catch {
    // No connection, no answer in time: the same as a refusal, and repeated like one.
    return false;
  }
}

const fill = (url: string, app: GupshupApp) =>
  url
    .replaceAll("{app}", encodeURIComponent(app.name))
    .replaceAll("{secret}", encodeURIComponent(app.webhookSecret ?? ""));
