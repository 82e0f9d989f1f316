import { act } from "./api.js";
import { createChatLog, isShown, isTyping } from "./chat-log.js";
import { composer } from "./composer.js";
import { element } from "./element.js";
import { openListSheet } from "./list-sheet.js";

const COLORS = ["#0b8a6f", "#8a5cf0", "#c2577a", "#c97a16", "#2f6fd0", "#5b7083"];
const SUGGESTIONS = ["Hola, quiero una cita", "¿Qué precios manejan?", "Quiero hablar con una persona"];
const REFRESH_MS = 5000;

/** One phone with one chat: a customer's with a business, or the staff's with the notices. */
export function createPhone({ person, app, isStaff, samples, onClose, onUnread }) {
  let bubbles = [];
  const status = element("p");
  const note = element("div", { class: "note", role: "alert", hidden: true });
  const send = sender(person, app, note);
  const log = createChatLog({
    label: `Conversación con ${app.title}`,
    intro: () => intro(isStaff),
    whenEmpty: () => (isStaff ? [] : [suggestions(send)]),
    answers: (bubble) => (isStaff ? null : answersTo(bubble, device, send)),
  });
  const foot = isStaff
    ? element("div", { class: "read-only" }, "Solo lectura: teléfono del personal.")
    : composer({ name: person.name, samples, send });
  const device = element("div", { class: "device" }, header(app, status), log.root, note, foot);
  const root = element(
    "section",
    { class: "phone", "aria-label": `Teléfono de ${person.name}` },
    owner(person, onClose),
    device,
  );

  function show(newId) {
    log.show(bubbles, newId);
    status.textContent = isTyping(bubbles)
      ? "escribiendo…"
      : isStaff
        ? "avisos al personal"
        : "cuenta de empresa · simulada";
  }
  // Typing marks end by themselves.
  const refresh = setInterval(() => show(), REFRESH_MS);
  show();

  return {
    root,
    person,
    app,
    update(bubble) {
      const index = bubbles.findIndex(({ id }) => id === bubble.id);
      const isNew = isShown(bubble) && !(index >= 0 && isShown(bubbles[index]));
      if (index >= 0) bubbles[index] = bubble;
      else bubbles.push(bubble);
      show(isNew ? bubble.id : undefined);
      if (isNew && bubble.direction === "out") onUnread();
    },
    load(list) {
      bubbles = list;
      note.hidden = true;
      show();
      log.toEnd();
    },
    remove() {
      clearInterval(refresh);
      log.stop();
      root.remove();
    },
  };
}

/** Sends what the customer does; false where it could not be sent, and the note says why. */
function sender(person, app, note) {
  return async (action) => {
    try {
      await act(person.phone, { app: app.name, name: person.name, ...action });
      note.hidden = true;
      return true;
    } catch (error) {
      // `fetch` fails with a TypeError where nobody answers.
      const isOffline = error instanceof TypeError;
      note.textContent = isOffline
        ? "Sin conexión con el simulador: intenta de nuevo."
        : `No se pudo enviar: ${error.message}`;
      note.hidden = false;
      return false;
    }
  };
}

function answersTo(bubble, device, send) {
  const tap = (choice) => send({ type: "tap", choice: choice.payload ?? choice.title, repliesTo: bubble.id });
  return { tap, openList: () => openListSheet(device, bubble.content, tap) };
}

function header(app, status) {
  const letters = app.title.split(" ").map((word) => word[0]);
  return element(
    "div",
    { class: "chat-header" },
    element(
      "div",
      { class: "avatar", "aria-hidden": "true", style: `--avatar:${colorOf(app.name)}` },
      letters.slice(0, 2).join(""),
    ),
    element("div", { class: "who" }, element("h2", {}, app.title), status),
  );
}

function owner(person, onClose) {
  const number = person.phone.replace(/^57(\d{3})(\d{3})(\d{4})$/, "+57 $1 $2 $3");
  const label = `Quitar el teléfono de ${person.name}`;
  return element(
    "div",
    { class: "owner" },
    element("span", {}, element("strong", {}, person.name), ` · ${number}`),
    element("button", { type: "button", "aria-label": label, title: "Quitar", onclick: onClose }, "×"),
  );
}

function intro(isStaff) {
  const words = isStaff
    ? "Aquí aparecen los avisos cuando un cliente pide hablar con una persona."
    : "Chat simulado. Los mensajes solo viajan dentro de este equipo.";
  return element("p", { class: "hint" }, words);
}

function suggestions(send) {
  const buttons = SUGGESTIONS.map((text) =>
    element("button", { type: "button", onclick: () => send({ type: "text", text }) }, text),
  );
  return element("div", { class: "suggestions" }, element("p", {}, "Prueba con:"), ...buttons);
}

function colorOf(name) {
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return COLORS[sum % COLORS.length];
}
