import { prepareAddDialog } from "./add-phone.js";
import { listen, readConversations, readSetup } from "./api.js";
import { element } from "./element.js";
import { createPhone } from "./phone.js";

const STORE = "skytide-web-phone";
const place = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const connection = document.querySelector(".connection");

const setup = await untilThere(readSetup);
const people = new Map(setup.people.map((person) => [person.phone, person]));
const apps = new Map(setup.apps.map((app) => [app.name, app]));
const noticeApp = setup.apps.find(({ isNotices }) => isNotices);
let phones = [];
let unread = 0;

const keyOf = ({ phone, app }) => `${app}/${phone}`;

function saved() {
  try {
    const list = JSON.parse(localStorage.getItem(STORE) ?? "null");
    if (Array.isArray(list) && list.length > 0) return list.filter(({ app }) => apps.has(app));
  } catch {
    // A broken memory is no memory.
  }
  return defaultPhones();
}

function defaultPhones() {
  const [first, second] = setup.people.filter((person) => !person.isStaff);
  const [staff] = setup.people.filter((person) => person.isStaff);
  const [main, other] = setup.apps.filter((app) => !app.isNotices);
  return [
    first && main && { ...first, app: main.name },
    second && { ...second, app: (other ?? main).name },
    staff && noticeApp && { ...staff, app: noticeApp.name },
  ].filter(Boolean);
}

function remember() {
  const list = phones.map(({ person, app }) => ({ ...person, app: app.name }));
  localStorage.setItem(STORE, JSON.stringify(list));
}

function addPhone({ phone, name, app: appName }) {
  const known = phones.find((one) => one.person.phone === phone && one.app.name === appName);
  if (known) {
    known.root.scrollIntoView({ behavior: "smooth", inline: "center" });
    return known;
  }
  const person = people.get(phone) ?? { phone, name };
  const app = apps.get(appName);
  const created = createPhone({
    person,
    app,
    isStaff: Boolean(person.isStaff),
    samples: setup.samples,
    onClose: () => {
      created.remove();
      phones = phones.filter((one) => one !== created);
      remember();
      showTabs();
    },
    onUnread: () => {
      if (!document.hidden) return;
      unread += 1;
      document.title = `(${unread}) Teléfono web · Simulador de WhatsApp`;
    },
  });
  phones.push(created);
  place.append(created.root);
  showTabs();
  return created;
}

function showTabs() {
  tabs.replaceChildren(
    ...phones.map(({ person, root }) =>
      element(
        "button",
        { type: "button", onclick: () => root.scrollIntoView({ behavior: "smooth", inline: "center" }) },
        person.name.split(" ")[0],
      ),
    ),
  );
  markTab();
}

function markTab() {
  const current = Math.round(place.scrollLeft / Math.max(1, place.clientWidth));
  for (const [index, tab] of [...tabs.children].entries()) tab.setAttribute("aria-current", String(index === current));
}

async function loadAll() {
  const conversations = new Map((await untilThere(readConversations)).map((one) => [keyOf(one), one]));
  for (const one of phones) one.load(conversations.get(`${one.app.name}/${one.person.phone}`)?.bubbles ?? []);
}

/** The phone that this is for; one of the staff is opened by its first notice. */
function phoneFor(app, phone) {
  const isOpen = (one) => one.app.name === app && one.person.phone === phone;
  const isNotice = people.get(phone)?.isStaff && apps.get(app)?.isNotices;
  return phones.find(isOpen) ?? (isNotice ? addPhone({ phone, app }) : undefined);
}

/** The server may be starting: try until it is there. */
async function untilThere(work) {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

for (const one of saved()) addPhone(one);
prepareAddDialog({
  setup,
  onAdd: async (chosen) => {
    const created = addPhone(chosen);
    remember();
    await loadAll();
    created.root.scrollIntoView({ behavior: "smooth", inline: "center" });
  },
});
place.addEventListener("scroll", markTab, { passive: true });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = "Teléfono web · Simulador de WhatsApp";
});
listen({
  onHello: loadAll,
  onChange: ({ app, phone, bubble }) => phoneFor(app, phone)?.update(bubble),
  onState: (state) => {
    connection.dataset.state = state;
    connection.textContent = state === "open" ? "Conectado" : "Reconectando…";
  },
});
