import { bubbleRow } from "./bubble.js";
import { element } from "./element.js";

/** The typing marks end like the true ones, when no answer comes. */
const TYPING_MS = 25_000;
/** Whoever is this near to the end is carried along with new messages. */
const NEAR_END_PX = 120;

const day = new Intl.DateTimeFormat("es-CO", { weekday: "long", day: "numeric", month: "long" });

/** A business's message is on the customer's phone only once it was delivered. */
export const isShown = ({ direction, status, fromWebhookAnswer }) =>
  direction === "in" || fromWebhookAnswer || status === "delivered" || status === "read" || status === "failed";

/** The business is about to answer: a message is on its way, or it has just read the last one. */
export function isTyping(bubbles) {
  const last = bubbles.at(-1);
  if (!last || Date.now() - Date.parse(last.at) > TYPING_MS) return false;
  return last.direction === "out" ? !isShown(last) : last.readByBusiness === true;
}

/** The messages of one chat. `intro` stands above them, `whenEmpty` instead of them; `answers(bubble)` are the ways to answer one. */
export function createChatLog({ label, intro, whenEmpty, answers }) {
  const rows = new Map();
  const root = element("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" });
  const isAtEnd = () => root.scrollHeight - root.scrollTop - root.clientHeight < NEAR_END_PX;
  const toEnd = () => {
    root.scrollTop = root.scrollHeight;
  };

  // Where the phone becomes narrower its texts grow taller: who read the end still sees the end.
  let wasAtEnd = true;
  root.addEventListener("scroll", () => {
    wasAtEnd = isAtEnd();
  });
  const resized = new ResizeObserver(() => wasAtEnd && toEnd());
  resized.observe(root);

  /** The row of a message; the same node as long as nothing about it changed. */
  function rowOf(bubble, isFirst, bubbles) {
    const answer = bubbles.find(({ repliesTo, content }) => repliesTo === bubble.id && content.kind === "tap");
    const chosen = answer && (answer.content.payload ?? answer.content.title);
    const quoted = bubble.content.kind === "tap" ? null : bubbles.find(({ id }) => id === bubble.repliesTo)?.content;
    const key = JSON.stringify([bubble, isFirst, chosen]);
    const known = rows.get(bubble.id);
    if (known?.key === key) return known.node;
    const node = bubbleRow(bubble, { isFirst, quoted, chosen, actions: answers(bubble) });
    rows.set(bubble.id, { key, node });
    return node;
  }

  /** Shows the messages; the one named as new comes in lively. */
  function show(bubbles, newId) {
    const followsEnd = isAtEnd() || newId !== undefined;
    const shown = bubbles.filter(isShown);
    const nodes = [intro(), ...(shown.length === 0 ? whenEmpty() : [])];
    for (const [index, bubble] of shown.entries()) {
      const before = shown[index - 1];
      const isNewDay = !before || dayOf(before.at) !== dayOf(bubble.at);
      if (isNewDay) nodes.push(element("time", { class: "day" }, dayName(bubble.at)));
      const node = rowOf(bubble, isNewDay || before.direction !== bubble.direction, bubbles);
      node.classList.toggle("new", bubble.id === newId);
      nodes.push(node);
    }
    if (isTyping(bubbles)) nodes.push(typingMarks());
    replaceChanged(root, nodes);
    if (followsEnd) toEnd();
  }

  return { root, show, toEnd, stop: () => resized.disconnect() };
}

const dayOf = (at) => new Date(at).toDateString();
const dayName = (at) => (dayOf(at) === new Date().toDateString() ? "Hoy" : day.format(new Date(at)));

function typingMarks() {
  const dots = Array.from({ length: 3 }, () => element("i"));
  return element(
    "div",
    { class: "row first" },
    element("div", { class: "bubble typing", "aria-hidden": "true" }, ...dots),
  );
}

/** Touches only what changed, so that players go on playing and readers are not told everything twice. */
function replaceChanged(parent, nodes) {
  for (const [index, node] of nodes.entries()) {
    const there = parent.childNodes[index];
    const isSameWords = there && !there.dataset?.id && !node.dataset?.id && there.isEqualNode(node);
    if (there !== node && !isSameWords) parent.insertBefore(node, there ?? null);
  }
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}
