import type { AnyStateNode, AnyTransitionDefinition } from "xstate";
import { machine } from "../../src/conversation/machine.ts";

/** The states in which a conversation can rest or work: no parents, none that are left at once. */
export function leafNodes(node: AnyStateNode = machine.root): AnyStateNode[] {
  const children = Object.values(node.states);
  if (children.length > 0) return children.flatMap((child) => leafNodes(child));
  return (node.always ?? []).length > 0 ? [] : [node];
}

/** Their paths, sorted, as `chart.states` names them. */
export function leafStates(): string[] {
  return leafNodes().map(pathOf).sort();
}

/** `docs/conversation.md`: the chart as diagrams and tables, made from the machine itself. */
export function conversationPage(): string {
  const talking = machine.root.states.talking as AnyStateNode;
  return `# The conversation

Made from \`services/brain/src/conversation/machine.ts\`; refresh it with \`npx vitest run services/brain/test/conversation/diagram.test.ts -u\`.

One statechart per conversation. Words in brackets are guards; \`book\`, \`accept\` and the like are what the customer may mean
(\`agent.*\` events): the model may only choose among those that the current state accepts, and what code can tell for certain it is not asked.
After a side question, a greeting or a misunderstanding the conversation goes back through \`supervisor\` to what is open, where
\`gathering\` or \`finding\` finds the next question from what is known. An appointment that exists is changed only after it was shown and
the customer said yes to exactly that; where it is moved to is looked for as in a booking.
"asesor", "humano" and "persona" reach \`escalation\` from every state, "no entiendo" is explained, a question that never arrived is asked again instead
of answered, an unanswered proposal is recalled once, and the end of the reminders is heard anywhere: all of it decided by code (\`customer.*\` events).

## Overview

\`\`\`mermaid
stateDiagram-v2
  [*] --> supervisor
${overviewEdges().join("\n")}
\`\`\`

## Accepted in every state but \`human\`

${table(["event", "if", "goes to", "does"], transitionsOf(talking).map(toRow))}

## Accepted everywhere

${table(["event", "if", "goes to", "does"], transitionsOf(machine.root).map(toRow))}
${Object.entries(talking.states)
  .map(([name, node]) => nodeSection(name, node as AnyStateNode))
  .join("\n")}
## human

${table(["event", "if", "goes to", "does"], transitionsOf(machine.root.states.human as AnyStateNode).map(toRow))}
`;
}

function nodeSection(name: string, node: AnyStateNode): string {
  const edges = Object.values(node.states).flatMap((state) => [
    ...transitionsOf(state).flatMap((transition) => {
      const target = targetOf(transition);
      return target === null ? [] : [`  ${state.key} --> ${nameIn(target, node)} : ${labelOf(transition)}`];
    }),
  ]);
  const initial = node.initial.target[0];
  const asked = Object.values(node.states).map((state) => [
    `\`${state.key}\``,
    askedIn(state),
    (state.tags.includes("wait") && "the customer") || workOf(state),
  ]);
  return `
## ${name}

\`\`\`mermaid
stateDiagram-v2
${initial ? `  [*] --> ${initial.key}\n` : ""}${[...new Set(edges)].join("\n")}
\`\`\`

${table(["state", "what was asked", "waits for"], asked)}
${acceptedIn(node)}`;
}

/** What every state of a node accepts beside its own. */
function acceptedIn(node: AnyStateNode): string {
  const own = transitionsOf(node);
  if (own.length === 0) return "";
  return `\nIn each of its states:\n\n${table(["event", "if", "goes to", "does"], own.map(toRow))}\n`;
}

function overviewEdges(): string[] {
  const edges = new Set<string>();
  const visit = (node: AnyStateNode): void => {
    for (const transition of transitionsOf(node)) {
      const target = targetOf(transition);
      const from = topOf(node);
      const to = target && topOf(target);
      if (to !== null && from !== to) edges.add(`  ${from} --> ${to === "anywhere" ? "supervisor" : to}`);
    }
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  return [...edges].sort();
}

/** The product's name of the node that a state belongs to; what holds for all of them is drawn from `anywhere`. */
function topOf(node: AnyStateNode): string {
  const [first, second] = node.path;
  return (first === "talking" ? second : first) ?? "anywhere";
}

function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...(node.always ?? []), ...[...node.transitions.values()].flat().filter(({ eventType }) => eventType !== "")];
}

function targetOf({ target }: AnyTransitionDefinition): AnyStateNode | null {
  return (target?.[0] as AnyStateNode | undefined) ?? null;
}

function nameIn(target: AnyStateNode, node: AnyStateNode): string {
  return target.parent === node ? target.key : pathOf(target).replaceAll(".", "_");
}

function pathOf(node: AnyStateNode): string {
  return node.path.join(".").replace(/^talking\.?/, "") || "talking";
}

function eventOf(eventType: string): string {
  if (eventType === "") return "at once";
  return eventType
    .replace(/^agent\./, "")
    .replace(/^xstate\.done\.actor\.(.*)$/, "$1 answered")
    .replace(/^xstate\.error\.actor\.(.*)$/, "$1 failed");
}

function labelOf(transition: AnyTransitionDefinition): string {
  const guard = guardOf(transition.guard);
  return guard === "" ? eventOf(transition.eventType) : `${eventOf(transition.eventType)} [${guard}]`;
}

function guardOf(guard: unknown): string {
  if (guard === undefined) return "";
  if (typeof guard === "string") return guard;
  const { guards = [], type } = guard as { guards?: unknown[]; type?: string };
  const inner = guards.map(guardOf);
  return inner.length > 1 ? inner.join(" and ") : inner.length === 1 ? `not ${inner[0]}` : (type ?? "");
}

function toRow(transition: AnyTransitionDefinition): string[] {
  const target = targetOf(transition);
  const actions = (transition.actions as readonly { type: string; params?: { what: string } }[]).map(
    ({ type, params }) => `${type === "note" ? "note" : "say"} ${params?.what ?? ""}`,
  );
  return [
    `\`${eventOf(transition.eventType)}\``,
    guardOf(transition.guard),
    target === null ? "" : `\`${pathOf(target)}\``,
    actions.join(", "),
  ];
}

function askedIn(state: AnyStateNode): string {
  return (state.meta as { asked?: string } | undefined)?.asked ?? state.description ?? "";
}

function workOf(state: AnyStateNode): string {
  const [invoked] = state.invoke;
  return invoked === undefined ? "nothing" : `\`${String(invoked.src)}\``;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
