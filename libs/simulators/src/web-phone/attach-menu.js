import { element, icon } from "./element.js";

const ICONS = { audio: "mic", image: "picture", broken: "warning" };

/** The menu of samples above a composer: at most one is open, a click beside it closes it. */
export function createAttachMenu({ root, opener, samples, onChoose }) {
  let menu = null;
  function close() {
    menu?.remove();
    menu = null;
    opener.setAttribute("aria-expanded", "false");
  }
  function toggle(which) {
    const wasOpen = menu?.dataset.which === which;
    close();
    if (wasOpen) return;
    menu = menuOf(which, samples, (action) => {
      close();
      onChoose(action);
    });
    root.append(menu);
    opener.setAttribute("aria-expanded", "true");
    menu.querySelector("button").focus();
  }
  document.addEventListener("pointerdown", (event) => {
    if (menu && !root.contains(event.target)) close();
  });
  return { toggle, close, isOpen: () => menu !== null };
}

function menuOf(which, samples, onChoose) {
  const isBroken = (sample) => sample.isBroken;
  const entry = (sample) =>
    element(
      "button",
      { type: "button", onclick: () => onChoose({ type: sample.kind, sample: sample.name }) },
      icon(isBroken(sample) ? ICONS.broken : ICONS[sample.kind]),
      sample.title,
    );
  const section = (title, entries) => (entries.length > 0 ? [element("h3", {}, title), ...entries] : []);
  const of = (kind) => samples.filter((sample) => sample.kind === kind && !isBroken(sample)).map(entry);
  const place = element(
    "button",
    { type: "button", onclick: () => onChoose({ type: "location", latitude: 4.676, longitude: -74.048 }) },
    icon("place"),
    "Ubicación de muestra",
  );
  const entries =
    which === "audio"
      ? section("Notas de voz de muestra", of("audio"))
      : [
          ...section("Notas de voz de muestra", of("audio")),
          ...section("Fotos de muestra", of("image")),
          ...section("Para ver qué pasa", [...samples.filter(isBroken).map(entry), place]),
        ];
  return element("div", { class: "menu", "data-which": which, role: "group", "aria-label": "Adjuntar" }, ...entries);
}
