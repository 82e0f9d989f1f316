import { userInfo } from "node:os";
import type { Bus } from "@skytide/bus";
import { FLEET, type OperatorActed, operationsSubject, randomEventId } from "@skytide/events";
import type { Environment } from "./environment.ts";

interface Act {
  /** `dlq.replay`, `bot.resume`, … */
  action: string;
  /** The organization it concerns; none for what concerns the whole fleet. */
  organizationId?: string | undefined;
  /** What it was done to and how, without personal data. */
  facts?: Readonly<Record<string, string | number | boolean>>;
}

/** Stores one `operator.acted` and resolves when the log confirmed it. */
export type Audit = (act: Act) => Promise<void>;

/** The operator's name: `SKYTIDE_OPERATOR`, else the name of the machine's user. */
export function operatorOf(env: Environment): string {
  return env.SKYTIDE_OPERATOR?.trim() || userInfo().username;
}

/** Audits under the operator's name. */
export function createAudit(bus: () => Promise<Bus>, env: Environment): Audit {
  return async ({ action, organizationId, facts = {} }) => {
    const operator = operatorOf(env);
    const subject = operationsSubject(organizationId ?? FLEET, "audit");
    const event: OperatorActed = {
      specversion: "1.0",
      id: randomEventId(),
      type: "operator.acted",
      source: "skytide/cli",
      time: new Date().toISOString(),
      subject,
      dataschema: "skytide/operator.acted/v1",
      org: organizationId ?? FLEET,
      data: { operator, action, facts: { ...facts } },
    };
    await (await bus()).publishOperation(subject, event, event.id);
  };
}
