/** Creates an element: attributes, listeners (`onclick`), children; `false` and `null` children are left out. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") node.style.cssText = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== false && child !== null && child !== undefined));
  return node;
}

const PATHS = {
  send: "M3 20.5 21.5 12 3 3.5v6.6L15 12 3 13.9z",
  mic: "M12 14.5a3 3 0 0 0 3-3v-6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm5.3-3a5.3 5.3 0 0 1-10.6 0H5a7 7 0 0 0 6.1 6.9V21h1.8v-2.6A7 7 0 0 0 19 11.5z",
  plus: "M13 5h-2v6H5v2h6v6h2v-6h6v-2h-6z",
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zm6 0h4v14h-4z",
  list: "M4 6h2v2H4zm4 0h12v2H8zM4 11h2v2H4zm4 0h12v2H8zM4 16h2v2H4zm4 0h12v2H8z",
  close: "m6.4 5-1.4 1.4L10.6 12 5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6L19 6.4 17.6 5 12 10.6z",
  picture:
    "M5 4h14a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 19 20H5a1.5 1.5 0 0 1-1.5-1.5v-13A1.5 1.5 0 0 1 5 4zm.5 12.5h13l-4.2-5.6-3.3 4.2-2.2-2.7z",
  warning: "M12 3 1.5 21h21zm-1 7h2v5.5h-2zm0 7h2v2h-2z",
  place: "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 9.5A2.5 2.5 0 1 1 12 6.5a2.5 2.5 0 0 1 0 5z",
};

/** An icon by name; decoration only, its button says what it does. */
export function icon(name) {
  return svg("0 0 24 24", [["path", { d: PATHS[name], fill: "currentColor" }]]);
}

/** The marks beside a sent message: one tick, two ticks, two blue ticks. */
export function ticks(state) {
  const one = "M2 6.5 5.2 9.7 12 2.5";
  const two = "M7.5 8.6 8.6 9.7 15.5 2.5";
  const stroke = { fill: "none", stroke: "currentColor", "stroke-width": "1.6", "stroke-linecap": "round" };
  const paths = state === "sent" ? [one] : [one, two];
  const node = svg(
    "0 0 18 12",
    paths.map((d) => ["path", { d, ...stroke }]),
  );
  node.classList.add("ticks");
  if (state === "read") node.classList.add("read");
  node.removeAttribute("aria-hidden");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", { sent: "enviado", delivered: "entregado", read: "leído" }[state]);
  return node;
}

function svg(viewBox, shapes) {
  const make = (name, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const root = make("svg", { viewBox, "aria-hidden": "true" });
  root.append(...shapes.map(([name, attributes]) => make(name, attributes)));
  return root;
}
