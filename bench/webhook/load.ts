import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

interface Load {
  url: string;
  perSecond: number;
  seconds: number;
  body(index: number): string;
}

export interface Measured {
  /** Milliseconds from the moment at which a call was due until its answer was read, sorted. */
  times: number[];
  statuses: Map<number, number>;
}

/** Calls at a steady rate whatever the answers take: who answers late is not asked less. */
export async function measure({ url, perSecond, seconds, body }: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const calls: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = began + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await pause(early);
    const call = post(agent, url, body(index)).then((status) => {
      times.push(performance.now() - due);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    calls.push(call);
  }
  await Promise.all(calls);
  agent.destroy();
  return { times: times.sort((one, other) => one - other), statuses };
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-webhook-secret": "demo-secret-aurora",
    };
    const call = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
    call.once("error", () => resolve(0));
    call.end(body);
  });
}
