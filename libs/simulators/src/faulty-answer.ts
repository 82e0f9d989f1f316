import type { FastifyReply } from "fastify";
import type { GeminiFault, GupshupFault, OpenAiFault } from "./fault-schemas.ts";

type HttpFault = Extract<GupshupFault | OpenAiFault | GeminiFault, { kind: (typeof HTTP_FAULTS)[number] }>;

/** The faults that concern the HTTP exchange itself. */
export const HTTP_FAULTS = ["slow", "status", "hang", "cut", "reset"] as const;

/** What a route wants to answer. */
export interface Answer {
  status: number;
  body: unknown;
}

interface FaultyAnswer {
  simulator: string;
  reply: FastifyReply;
  /** The faults that strike this call. */
  faults: readonly HttpFault[];
  /** The vendor's error body for a status. */
  errorBody: (status: number) => unknown;
  /** The call's real work; not done when the fault comes before it. */
  work: () => Answer | Promise<Answer>;
}

/**
 * Answers a call the way its faults say: late, with an error, half, or not at all; counts by `onAnswer`, which gets the body of
 * what goes out whole to somebody who still listens.
 */
export async function answerWithFaults(
  call: FaultyAnswer,
  onAnswer: (status: number | string, body?: unknown) => void,
): Promise<void> {
  const { reply, faults } = call;
  const has = (kind: HttpFault["kind"]) => faults.some((fault) => fault.kind === kind);
  await pause(
    faults.reduce((total, fault) => total + (fault.kind === "slow" ? fault.ms : 0), 0),
    reply,
  );
  if (has("reset")) {
    onAnswer("reset");
    reply.hijack().raw.destroy();
    return;
  }
  if (has("hang")) {
    onAnswer("hang");
    // The socket stays open until the client gives up or the simulator stops.
    reply.hijack();
    return;
  }
  const failure = faults.find((fault) => fault.kind === "status");
  const answer = failure ? { status: failure.status, body: call.errorBody(failure.status) } : await call.work();
  if (has("cut")) {
    onAnswer("cut");
    await cutInHalf(call.simulator, reply, answer);
    return;
  }
  onAnswer(answer.status, reply.raw.destroyed ? undefined : answer.body);
  await reply.code(answer.status).send(answer.body);
}

async function cutInHalf(simulator: string, reply: FastifyReply, { status, body }: Answer): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(body));
  const { raw } = reply.hijack();
  raw.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    "x-skytide-simulator": simulator,
  });
  await new Promise((resolve) => raw.write(bytes.subarray(0, bytes.length >> 1), resolve));
  raw.destroy();
}

/** Waits, but not longer than the client does. */
async function pause(ms: number, reply: FastifyReply): Promise<void> {
  if (ms === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    reply.raw.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
