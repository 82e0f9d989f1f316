import { act } from "./api.js";
import { bubbleRow } from "./bubble.js";
import { composer } from "./composer.js";
import { element } from "./element.js";
import { openListSheet } from "./list-sheet.js";

const COLORS = ["#0b8a6f", "#8a5cf0", "#c2577a", "#c97a16", "#2f6fd0", "#5b7083"];
const SUGGESTIONS = ["Hola, quiero una cita", "¿Qué precios manejan?", "Quiero hablar con una persona"];
/** The typing marks end like the true ones, when no answer comes. */
const TYPING_MS = 25_000;

const day = new Intl.DateTimeFormat("es-CO", { weekday: "long", day: "numeric", month: "long" });
const isShown = ({ direction, status, fromWebhookAnswer }) =>
  direction === "in" || fromWebhookAnswer || status === "delivered" || status === "read" || status === "failed";

/** One phone with one chat: the customer's with a business, or the staff's with the notices. */
export function createPhone({ person, app, isStaff, samples, onClose, onUnread }) {
  let bubbles = [];
  const rows = new Map();
  const log = element("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": `Conversación con ${app.title}`,
    tabindex: "0",
  });
  const status = element("p", {}, "");
  const note = element("div", { class: "note", role: "alert", hidden: true });
  const device = element(
    "div",
    { class: "device" },
    header(app, status),
    log,
    note,
    isStaff
      ? element("div", { class: "read-only" }, "Teléfono del personal: aquí llegan los avisos.")
      : composer({ name: person.name, samples, send }),
  );
  const root = element(
    "section",
    { class: "phone", "aria-label": `Teléfono de ${person.name}` },
    owner(person, onClose),
    device,
  );

  /** False where it could not be sent; what was typed is then still there. */
  async function send(action) {
    try {
      await act(person.phone, { app: app.name, name: person.name, ...action });
      note.hidden = true;
      return true;
    } catch (error) {
      // `fetch` fails with a TypeError where nobody answers.
      note.textContent =
        error instanceof TypeError
          ? "Sin conexión con el simulador: intenta de nuevo."
          : `No se pudo enviar: ${error.message}`;
      note.hidden = false;
      return false;
    }
  }
  function update(bubble) {
    const index = bubbles.findIndex(({ id }) => id === bubble.id);
    const wasShown = index >= 0 && isShown(bubbles[index]);
    if (index >= 0) bubbles[index] = bubble;
    else bubbles.push(bubble);
    render(!wasShown && isShown(bubble) ? bubble.id : undefined);
    if (bubble.direction === "out" && !wasShown && isShown(bubble)) onUnread();
  }
  function render(newId) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    const shown = bubbles.filter(isShown);
    const nodes = [hint(isStaff)];
    if (shown.length === 0 && !isStaff) nodes.push(suggestions(send));
    shown.forEach((bubble, index) => {
      const before = shown[index - 1];
      const isNewDay = !before || before.at.slice(0, 10) !== bubble.at.slice(0, 10);
      if (isNewDay) nodes.push(element("time", { class: "day" }, dayName(bubble.at)));
      nodes.push(rowOf(bubble, isNewDay || before.direction !== bubble.direction, bubble.id === newId));
    });
    const typing = isTyping(bubbles);
    if (typing)
      nodes.push(
        element(
          "div",
          { class: "row first" },
          element(
            "div",
            { class: "bubble typing", "aria-hidden": "true" },
            ...["i", "i", "i"].map((name) => element(name)),
          ),
        ),
      );
    status.textContent = typing ? "escribiendo…" : isStaff ? "avisos al personal" : "cuenta de empresa · simulada";
    place(log, nodes);
    if (isAtEnd || newId !== undefined) log.scrollTop = log.scrollHeight;
  }
  function rowOf(bubble, isFirst, isNew) {
    const answer = bubbles.find(({ repliesTo, content }) => repliesTo === bubble.id && content.kind === "tap");
    const chosen = answer && (answer.content.payload ?? answer.content.title);
    const quoted = bubble.content.kind === "tap" ? null : bubbles.find(({ id }) => id === bubble.repliesTo)?.content;
    const key = JSON.stringify([bubble, isFirst, chosen]);
    const known = rows.get(bubble.id);
    if (known?.key === key) return known.node;
    const actions = isStaff
      ? null
      : {
          tap: (choice) => tap(bubble, choice),
          openList: () => openListSheet(device, bubble.content, (choice) => tap(bubble, choice)),
        };
    const node = bubbleRow(bubble, { isFirst, quoted, chosen, actions });
    if (isNew) node.classList.add("new");
    rows.set(bubble.id, { key, node });
    return node;
  }
  const tap = (bubble, choice) => send({ type: "tap", choice: choice.payload ?? choice.title, repliesTo: bubble.id });

  render();
  const again = setInterval(() => render(), 5000);
  return {
    root,
    person,
    app,
    update,
    load(list) {
      bubbles = list;
      note.hidden = true;
      render();
      log.scrollTop = log.scrollHeight;
    },
    remove() {
      clearInterval(again);
      root.remove();
    },
  };
}

/** The business is about to answer: a message is on its way, or it has just read the last one. */
function isTyping(bubbles) {
  const last = bubbles.at(-1);
  if (!last || Date.now() - Date.parse(last.at) > TYPING_MS) return false;
  return last.direction === "out" ? !isShown(last) : last.readByBusiness === true;
}

function header(app, status) {
  const letters = app.title
    .split(" ")
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return element(
    "div",
    { class: "chat-header" },
    element("div", { class: "avatar", "aria-hidden": "true", style: `--avatar:${colorOf(app.name)}` }, letters),
    element("div", { class: "who" }, element("h2", {}, app.title), status),
  );
}

function owner(person, onClose) {
  const number = person.phone.replace(/^57(\d{3})(\d{3})(\d{4})$/, "+57 $1 $2 $3");
  return element(
    "div",
    { class: "owner" },
    element("span", {}, element("strong", {}, person.name), ` · ${number}`),
    element(
      "button",
      { type: "button", "aria-label": `Quitar el teléfono de ${person.name}`, title: "Quitar", onclick: onClose },
      "×",
    ),
  );
}

const hint = (isStaff) =>
  element(
    "p",
    { class: "hint" },
    isStaff
      ? "Aquí aparecen los avisos cuando un cliente pide hablar con una persona."
      : "Chat simulado. Los mensajes solo viajan dentro de este equipo.",
  );

const suggestions = (send) =>
  element(
    "div",
    { class: "suggestions" },
    element("p", {}, "Prueba con:"),
    ...SUGGESTIONS.map((text) =>
      element("button", { type: "button", onclick: () => send({ type: "text", text }) }, text),
    ),
  );

function dayName(at) {
  return new Date(at).toDateString() === new Date().toDateString() ? "Hoy" : day.format(new Date(at));
}

function colorOf(name) {
  return COLORS[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLORS.length];
}

/** Puts the nodes in place and touches only what changed, so that players go on playing and readers are not told everything twice. */
function place(parent, nodes) {
  nodes.forEach((node, index) => {
    const there = parent.childNodes[index];
    if (there === node || (there && !there.dataset?.id && !node.dataset?.id && there.isEqualNode(node))) return;
    parent.insertBefore(node, there ?? null);
  });
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}
