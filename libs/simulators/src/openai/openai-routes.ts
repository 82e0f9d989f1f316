import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { countTokensOf } from "../count-tokens.ts";
import { createCounts } from "../counts.ts";
import { type OpenAiFault, openAiFaultSchema } from "../fault-schemas.ts";
import { createFaultBox } from "../faults.ts";
import { type Answer, answerWithFaults, HTTP_FAULTS } from "../faulty-answer.ts";
import { readBody } from "../read-body.ts";
import type { ModelStats } from "../simulators.ts";
import { ANSWER_FAULTS } from "./answer-request.ts";
import { createEndpoints, type Path } from "./endpoints.ts";
import { errorBodyOf, OpenAiRefusal, refusalBody } from "./openai-error.ts";

/** The simulated OpenAI, as its control sees it. */
export interface OpenAiSimulator {
  setFaults(faults: readonly OpenAiFault[]): void;
  stats(): ModelStats;
  clear(): void;
}

/** Registers `POST /v1/responses`, `/v1/chat/completions` and `/v1/embeddings`, and their control. */
export function openAiRoutes(server: FastifyInstance): OpenAiSimulator {
  const faults = createFaultBox<OpenAiFault>();
  const calls = createCounts();
  const tokens = createCounts();
  const endpoints = createEndpoints();

  const answer = async (path: Path, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const concerns = (fault: OpenAiFault) => (fault.path ?? path) === path;
    const struck = faults.strike(HTTP_FAULTS, concerns);
    const [spoiling] = faults.strike(ANSWER_FAULTS, concerns);
    const work = () => guarded(request, () => endpoints.answer[path](request.body, spoiling?.kind));
    const call = { simulator: "openai", reply, faults: struck, errorBody: errorBodyOf, work };
    await answerWithFaults(call, (status, body) => {
      calls.add(`${path} ${status}`);
      countTokensOf(body, tokens);
    });
    return reply;
  };
  server.post("/v1/responses", (request, reply) => answer("responses", request, reply));
  server.post("/v1/chat/completions", (request, reply) => answer("chat", request, reply));
  server.post("/v1/embeddings", (request, reply) => answer("embeddings", request, reply));

  const stats = (): ModelStats => ({ calls: calls.all(), tokens: tokens.all(), tools: endpoints.tools.all() });
  server.get("/simulator/openai/stats", stats);
  server.get("/simulator/openai/faults", () => ({ faults: faults.list() }));
  server.put("/simulator/openai/faults", (request) => {
    faults.set(readBody(z.strictObject({ faults: z.array(openAiFaultSchema) }), request.body).faults);
    return { faults: faults.list() };
  });
  return {
    setFaults: (list) => faults.set(list),
    stats,
    clear: () => {
      faults.set([]);
      calls.clear();
      tokens.clear();
      endpoints.clear();
    },
  };
}

/** Checks the key and turns a refusal into its answer. */
function guarded(request: FastifyRequest, work: () => object): Answer {
  if (!/^Bearer .+/.test(request.headers.authorization ?? "")) return { status: 401, body: errorBodyOf(401) };
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (error instanceof OpenAiRefusal) return { status: error.status, body: refusalBody(error) };
    throw error;
  }
}
