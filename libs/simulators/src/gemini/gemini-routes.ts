import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { countTokensOf } from "../count-tokens.ts";
import { createCounts } from "../counts.ts";
import { type GeminiFault, geminiFaultSchema } from "../fault-schemas.ts";
import { createFaultBox } from "../faults.ts";
import { type Answer, answerWithFaults, HTTP_FAULTS } from "../faulty-answer.ts";
import { readBody } from "../read-body.ts";
import type { ModelStats } from "../simulators.ts";
import { describeMedia } from "./describe-media.ts";
import { fromGeminiRequest, GeminiRefusal, geminiErrorBody, toGeminiReply } from "./gemini-wire.ts";

/** The simulated Gemini, as its control sees it. */
export interface GeminiSimulator {
  setFaults(faults: readonly GeminiFault[]): void;
  stats(): ModelStats;
  clear(): void;
}

/** Registers `POST /v1beta/models/<model>:generateContent` and its control. */
export function geminiRoutes(server: FastifyInstance): GeminiSimulator {
  const faults = createFaultBox<GeminiFault>();
  const calls = createCounts();
  const tokens = createCounts();

  server.post<{ Params: { "*": string }; Querystring: { key?: string } }>(
    "/v1beta/models/*",
    async (request, reply) => {
      const [model = "", method = ""] = request.params["*"].split(":");
      const struck = faults.strike(HTTP_FAULTS);
      const [spoiling] = faults.strike(["blocked", "safety", "empty"]);
      const hasKey = Boolean(request.headers["x-goog-api-key"] ?? request.query.key);
      const work = () =>
        guarded(() => {
          if (!hasKey) throw new GeminiRefusal(403, "Method doesn't allow unregistered callers.");
          if (method !== "generateContent" || !model.startsWith("gemini"))
            throw new GeminiRefusal(404, `models/${model} is not found.`);
          const media = fromGeminiRequest(request.body);
          return toGeminiReply(model, media, describeMedia(media), spoiling?.kind ?? "text");
        });
      const errorBody = (status: number) => geminiErrorBody(status);
      const call = { simulator: "gemini", reply, faults: struck, errorBody, work };
      await answerWithFaults(call, (status, body) => {
        calls.add(`generateContent ${status}`);
        countTokensOf(body, tokens);
      });
      return reply;
    },
  );

  const stats = (): ModelStats => ({ calls: calls.all(), tokens: tokens.all(), tools: {} });
  server.get("/simulator/gemini/stats", stats);
  server.get("/simulator/gemini/faults", () => ({ faults: faults.list() }));
  server.put("/simulator/gemini/faults", (request) => {
    faults.set(readBody(z.strictObject({ faults: z.array(geminiFaultSchema) }), request.body).faults);
    return { faults: faults.list() };
  });
  return {
    setFaults: (list) => faults.set(list),
    stats,
    clear: () => {
      faults.set([]);
      calls.clear();
      tokens.clear();
    },
  };
}

function guarded(work: () => object): Answer {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (error instanceof GeminiRefusal)
      return { status: error.status, body: geminiErrorBody(error.status, error.message) };
    throw error;
  }
}
