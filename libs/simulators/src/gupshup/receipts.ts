import { randomUUID } from "node:crypto";
import type { GupshupFault, WebhookEvent } from "../fault-schemas.ts";
import type { FaultBox } from "../faults.ts";
import type { Timers } from "../timers.ts";
import type { Send } from "./send-request.ts";

/** One receipt that is still to come. */
export interface ReceiptStep {
  status: Exclude<WebhookEvent, "message">;
  failedBy?: "gupshup" | "whatsapp";
  code?: number;
  reason?: string;
}

/** A message on its way to the customer, and the receipts that it still has to give. */
export interface Journey {
  appName: string;
  destination: string;
  gsId: string;
  otherId: string;
  whatsappId: string;
  isTemplate: boolean;
  withoutGsId: boolean;
  steps: ReceiptStep[];
}

/** Walks messages through their receipts. */
export interface Receipts {
  start(journey: Journey): void;
  /** What has not ended yet, to go on with after a restart. */
  unfinished(): Journey[];
  clear(): void;
}

/** Creates the walker: a receipt each `delayMs`, as `onStep` tells. */
export function createReceipts(deps: {
  timers: Timers;
  delayMs: number;
  onStep(journey: Journey, step: ReceiptStep): void;
}): Receipts {
  let journeys = new Set<Journey>();
  const walk = (journey: Journey) => {
    deps.timers.after(deps.delayMs, () => {
      const step = journey.steps.shift();
      if (step) deps.onStep(journey, step);
      if (journey.steps.length === 0) journeys.delete(journey);
      else if (journeys.has(journey)) walk(journey);
    });
  };
  return {
    start: (journey) => {
      journeys.add(journey);
      walk(journey);
    },
    unfinished: () => structuredClone([...journeys]),
    clear: () => {
      journeys = new Set();
    },
  };
}

/** What will become of a message: the receipts of gupshup.md §4, or how its failure, its window or a fault ends it. */
export function planJourney(
  send: Send,
  ids: { gsId: string; whatsappId: string },
  faults: FaultBox<GupshupFault>,
  platformFailure: { code: number; reason: string } | undefined,
): Journey {
  const { app, destination } = send;
  const concerns = (fault: { app?: string | undefined; destination?: string | undefined }) =>
    (fault.app ?? app.name) === app.name && (fault.destination ?? destination) === destination;
  const [forced] = faults.strike(["fail"], concerns);
  const steps = stepsOf(forced, send.failure ?? platformFailure);
  const isReversed = faults.strike(["reorder"], concerns).length > 0;
  return {
    appName: app.name,
    destination,
    ...ids,
    otherId: randomUUID(),
    isTemplate: send.isTemplate,
    withoutGsId: faults.strike(["no-gs-id"], concerns).length > 0,
    steps: isReversed ? steps.reverse() : steps,
  };
}

function stepsOf(
  forced: Extract<GupshupFault, { kind: "fail" }> | undefined,
  failure: { code: number; reason: string } | undefined,
): ReceiptStep[] {
  const { code, reason } = forced ?? failure ?? {};
  if (code === undefined) {
    return [{ status: "enqueued" }, { status: "sent" }, { status: "delivered" }, { status: "read" }];
  }
  const failedBy = forced?.by ?? "whatsapp";
  const failed: ReceiptStep = { status: "failed", failedBy, code, reason: reason ?? "Simulated failure" };
  return failedBy === "gupshup" ? [failed] : [{ status: "enqueued" }, failed];
}
