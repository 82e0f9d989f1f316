import type { ModelUsage } from "@skytide/events";
import type { Choice, DialogueLine, LanguageModel } from "@skytide/models";
import type { Brief } from "./brief-types.ts";
import { appointmentsListed } from "./changes.ts";
import type { DecisionName } from "./decisions.ts";
import { groundOf } from "./guards.ts";
import { type MachineSnapshot, opened } from "./machine.ts";
import type { Heard } from "./memory.ts";
import { type Offer, offerOf, toEvent } from "./offer.ts";
import { checkOutgoing } from "./outgoing-check.ts";
import { systemOf } from "./prompts/business.ts";
import { decideContext } from "./prompts/decide.ts";
import { prompts } from "./prompts/index.ts";
import { ownWords } from "./settings.ts";
import type { AgentEvent, Decision, MachineEvent, Said, Snapshot } from "./types.ts";
import { type Situation, understand } from "./understand.ts";

interface DecideInput {
  /** After `customer.said` was stepped. */
  snapshot: Snapshot;
  said: Said;
  /** Oldest first; its last line is what the customer said now. */
  history: readonly DialogueLine[];
  /** Journals the work under its kind; replayed results are not produced again. */
  run<T>(kind: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Groups calls for the provider's prompt cache: the organization. */
  cacheKey?: string;
  /** The chat's keyed hash. */
  safetyId?: string;
  /** How this organization's conversations are thought about; without it the decider's own model and the newest prompts. */
  brief?: Brief | undefined;
}

/** Decides what the customer's words mean in this snapshot: by code where code can, else by the model among what the snapshot accepts. */
export function createDecider({ model }: { model: LanguageModel }): (input: DecideInput) => Promise<Decision> {
  return async (input) => {
    const snapshot = opened(input.snapshot);
    const { heard } = snapshot.context;
    if (heard === null) return { event: null, by: "code", usage: [] };
    const event = understand(situationOf(snapshot, heard));
    if (event !== null) return { event: acceptedOr(snapshot, event), by: "code", usage: [] };
    if (input.brief?.exhausted)
      return { event: { type: "customer.unanswerable", why: "spend_ceiling" }, by: "code", usage: [] };
    return askModel(input.brief?.model ?? model, snapshot, input);
  };
}

/** A tap or a "sí" for which the chart has no use any more is a tap on an old button. */
function acceptedOr(snapshot: MachineSnapshot, event: MachineEvent): MachineEvent {
  return snapshot.can(event) ? event : { type: "customer.tapped_old_button" };
}

async function askModel(model: LanguageModel, snapshot: MachineSnapshot, input: DecideInput): Promise<Decision> {
  const offer = offerOf(snapshot);
  const usage: ModelUsage[] = [];
  const refusals: string[] = [];
  const { brief } = input;
  const system = systemOf((brief?.prompts ?? prompts.newest).decide, brief?.business ?? null);
  const ask = async (kind: string, refused?: string): Promise<Choice> => {
    const choice = await input.run(kind, (signal) =>
      model.choose({
        system,
        history: input.history,
        context: decideContext(snapshot.context, askedIn(snapshot), refused),
        tools: offer.tools,
        allowed: offer.allowed,
        signal,
        ...(input.cacheKey === undefined ? {} : { cacheKey: input.cacheKey }),
        ...(input.safetyId === undefined ? {} : { safetyId: input.safetyId }),
      }),
    );
    usage.push({ ...choice.usage, operation: "decide" });
    return choice;
  };
  const decided = (event: AgentEvent, by: "model" | "fallback"): Decision => {
    return { event, by, usage, offered: offer.allowed, refusals };
  };
  const first = judge(await ask("decide"), offer, snapshot);
  if (first.kind === "event") return decided(first.event, "model");
  refusals.push(first.code);
  if (first.kind === "wrong") {
    const second = judge(await ask("decide_repair", first.reason), offer, snapshot);
    if (second.kind === "event") return decided(second.event, "model");
    refusals.push(second.code);
  }
  return decided({ type: "agent.not_understood", by: "fallback" }, "fallback");
}

/** `reason` is for the model, `code` for the log. */
/** The code of a text that states what this turn's facts do not hold. */
export const UNGROUNDED = "ungrounded";

type Verdict =
  | { kind: "event"; event: AgentEvent }
  | { kind: "wrong"; reason: string; code: string }
  | { kind: "refused"; code: string };

/** A choice becomes an event only if it was offered, its payload is exactly what the tool asks for, and the snapshot accepts it. */
function judge(choice: Choice, offer: Offer, snapshot: MachineSnapshot): Verdict {
  if (choice.kind === "refused") return { kind: "refused", code: "refused" };
  if (choice.kind === "invalid") return { kind: "wrong", reason: choice.detail, code: choice.reason };
  const tool = offer.tools.find(({ name }) => name === choice.tool);
  if (tool === undefined || !offer.allowed.includes(tool.name))
    return { kind: "wrong", reason: "That tool is not offered now.", code: "not_offered" };
  const parsed = tool.parameters.safeParse(choice.arguments);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join(".") || "unknown fields"))];
    return { kind: "wrong", reason: `These arguments are wrong: ${fields.join(", ")}.`, code: "wrong_arguments" };
  }
  const event = toEvent(tool.name, Object(parsed.data), "model");
  if (snapshot.can(event)) return { kind: "event", event };
  const code = event.type === "agent.chat" ? UNGROUNDED : "not_accepted";
  return { kind: "wrong", reason: reasonAgainst(tool.name, event, snapshot), code };
}

function reasonAgainst(name: DecisionName, event: AgentEvent, { context }: MachineSnapshot): string {
  if (event.type === "agent.chat") {
    const violations = checkOutgoing(event.text, { facts: groundOf(context) });
    return `The text states things that it may not state: ${violations.join(", ")}.`;
  }
  if (name === "give_name") return "That name is not in the customer's message.";
  if (name === "accept") return "The customer's words do not clearly say yes.";
  return "The conversation does not accept that now.";
}

function askedIn(snapshot: MachineSnapshot): string {
  return Object.values(snapshot.getMeta()).flatMap((meta) => meta?.asked ?? [])[0] ?? "";
}

function situationOf(snapshot: MachineSnapshot, heard: Heard): Situation {
  const { context } = snapshot;
  return {
    heard,
    booking: context.booking,
    services: context.facts?.services ?? [],
    yesOrNo: snapshot.hasTag("yes_or_no"),
    proposalId: context.proposal?.id ?? null,
    proposalKind: context.proposal?.kind ?? null,
    choosingService: snapshot.matches({ talking: { appointment: "choosingService" } }),
    choosingSlot: snapshot.hasTag("slots"),
    appointments: snapshot.hasTag("appointments") ? appointmentsListed(context).map(({ id }) => id) : [],
    proposalUnseen: context.proposal?.unseen ?? false,
    own: ownWords(context),
  };
}
