import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Counts } from "../counts.ts";
import { type Answer, answerWithFaults, HTTP_FAULTS } from "../faulty-answer.ts";
import type { GupshupSimulator } from "./gupshup-simulator.ts";
import { partnerEventRoute } from "./partner-event-routes.ts";
import { judgeSend } from "./send-request.ts";

const error = (message: string) => ({ status: "error", message });

const MESSAGE_OF: Readonly<Record<number, string>> = {
  400: "Invalid Destination",
  401: "Authentication Failed",
  429: "Too Many Requests",
};

/** Answers to a message that was taken, in shapes that nobody promised. */
const ODD_ANSWERS = {
  "no-id": { status: 202, body: { status: "submitted" } },
  html: { status: 200, body: "<html><body>Service temporarily busy</body></html>" },
  "empty-body": { status: 200, body: "" },
} as const satisfies Record<string, Answer>;

function refusalBody({ message, code }: { message: string; code?: number | undefined }) {
  return { ...error(message), ...(code === undefined ? {} : { code }) };
}

/** What the API counts: calls by status, accepted sends by destination, read marks. */
export interface GupshupCounts {
  calls: Counts;
  sends: Counts;
  readMarks: Counts;
  typing: Counts;
}

/** The public API of Gupshup: send, template, read mark, file manager. */
export function gupshupRoutes(server: FastifyInstance, simulator: GupshupSimulator, counts: GupshupCounts): void {
  server.post("/wa/api/v1/msg", (request, reply) => send(request, reply, false));
  server.post("/wa/api/v1/template/msg", (request, reply) => send(request, reply, true));

  const send = async (request: FastifyRequest, reply: FastifyReply, isTemplate: boolean): Promise<FastifyReply> => {
    const form = Object.fromEntries(new URLSearchParams(String(request.body ?? "")));
    const concerns = (fault: { app?: string | undefined; destination?: string | undefined }) =>
      (fault.app ?? form["src.name"]) === form["src.name"] &&
      (fault.destination ?? form.destination) === form.destination;
    const faults = simulator.parts.faults.strike(HTTP_FAULTS, concerns);
    const [refusal] = simulator.parts.faults.strike(["refuse"], concerns);
    const [odd] = simulator.parts.faults.strike(["no-id", "html", "empty-body"], concerns);
    const work = (): Answer => {
      if (refusal) return { status: refusal.status, body: refusalBody(refusal) };
      const answer = take(simulator, { apiKey: header(request, "apikey"), form, isTemplate });
      if (answer.status === 202) counts.sends.add(form.destination ?? "");
      return answer.status === 202 && odd ? ODD_ANSWERS[odd.kind] : answer;
    };
    const errorBody = (status: number) => error(MESSAGE_OF[status] ?? "Internal Server Error");
    await answerWithFaults({ simulator: "gupshup", reply, faults, errorBody, work }, (status) =>
      counts.calls.add(String(status)),
    );
    return reply;
  };

  server.put<{ Params: { appId: string; messageId: string } }>(
    "/wa/app/:appId/msg/:messageId/read",
    (request, reply) => {
      const app = simulator.parts.settings.apps.find((one) => one.id === request.params.appId);
      if (!app || app.apiKey !== header(request, "apikey")) return reply.code(401).send(error("Authentication Failed"));
      if (!simulator.business.markRead(app, request.params.messageId)) {
        return reply.code(400).send(error("Invalid Message Id"));
      }
      counts.readMarks.add("readMarks");
      return reply.code(202).send({ status: "success" });
    },
  );

  partnerEventRoute(server, simulator, counts.typing);

  server.get<{ Params: { appId: string; mediaId: string } }>("/wa/:appId/wa/media/:mediaId", (request, reply) => {
    const answer = simulator.parts.media.read(request.params.appId, request.params.mediaId);
    if (answer.kind === "invalid") return reply.code(404).send(error("Invalid Media Id"));
    if (answer.kind === "blocked") {
      return reply.code(429).send(error(`Too Many Requests, quota returns at ${answer.untilEpochSeconds}`));
    }
    return sendFile(reply.type(answer.sample.contentType), answer.sample.bytes, header(request, "range"));
  });
}

/** In parts where asked for: without them a browser cannot tell how long a voice note is. */
function sendFile(reply: FastifyReply, bytes: Buffer, range: string | undefined): FastifyReply {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  reply.header("accept-ranges", "bytes");
  if (from === undefined || Number(from) >= bytes.length) return reply.send(bytes);
  const end = Math.min(to ? Number(to) : bytes.length - 1, bytes.length - 1);
  reply.code(206).header("content-range", `bytes ${from}-${end}/${bytes.length}`);
  return reply.send(bytes.subarray(Number(from), end + 1));
}

function take(simulator: GupshupSimulator, call: Parameters<typeof judgeSend>[0]): Answer {
  const { apps, templates } = simulator.parts.settings;
  const verdict = judgeSend(call, apps, templates);
  if (verdict.kind === "refused") return { status: verdict.status, body: error(verdict.message) };
  if (!simulator.business.mayCall(verdict.send.app)) return { status: 429, body: error("Too Many Requests") };
  return { status: 202, body: { status: "submitted", messageId: simulator.business.accept(verdict.send) } };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
