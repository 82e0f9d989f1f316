import { readFile } from "node:fs/promises";
import { localClock, weekdayOf } from "../../src/conversation/dates.ts";
import type { Customer, Room } from "./room.ts";

/** One dialogue of a file: a title and its lines as they are written. */
export interface Dialogue {
  title: string;
  lines: string[];
}

/** The dialogues of a file: `== title`, then who says what; `#` begins a remark. */
export async function readDialogues(name: string): Promise<Dialogue[]> {
  const text = await readFile(new URL(`./${name}.txt`, import.meta.url), "utf8");
  const [, ...parts] = text.split(/^== /m);
  return parts.map((part) => {
    const [title = "", ...lines] = part.split("\n").map((line) => line.trim());
    return { title, lines: lines.filter((line) => line !== "" && !line.startsWith("#")) };
  });
}

/**
 * Plays a dialogue through the turn. Lines of `Cliente:` that follow each other are one burst; each `Agente:` says what the
 * answer to it contains, `Agente: (nada)` that there is none; what stands in parentheses happens beside the chat.
 */
export async function play(room: Room, { lines }: Dialogue): Promise<void> {
  const customer = room.enter();
  let answer: Answer | null = null;
  let burst: string[] = [];
  for (const [index, line] of lines.entries()) {
    const [, who = "", what = ""] = /^(Cliente|Agente|Estado): (.*)$/.exec(line) ?? [];
    if (who === "Cliente") {
      burst.push(what);
      if (lines[index + 1]?.startsWith("Cliente: ")) continue;
      for (const said of burst) await write(customer, said, answer);
      burst = [];
      answer = readable(await customer.answers());
    } else if (who === "Agente") check(line, answer, what);
    else if (who === "Estado") {
      const state = await customer.state();
      if (state !== what) throw new Error(`in state ${state}, not ${what}`);
    } else answer = (await happen(room, customer, line)) ?? answer;
  }
}

interface Answer {
  text: string;
  choices: { title: string; payload: string }[];
}

function readable(messages: Awaited<ReturnType<Customer["answers"]>>): Answer {
  const choices = messages.flatMap((message) =>
    message.kind === "buttons" ? message.buttons : message.kind === "list" ? message.rows : [],
  );
  return { text: messages.map((message) => message.text).join("\n\n"), choices };
}

function check(line: string, answer: Answer | null, expected: string): void {
  const text = answer?.text ?? "";
  const holds = expected === "(nada)" ? text === "" : text.includes(expected.replaceAll("\\n", "\n"));
  if (!holds) throw new Error(`${line}\nbut the agent says: ${text}`);
}

/** What the customer sends: words, or in brackets a tap, a voice note, a picture, something that nobody can read. */
async function write(customer: Customer, said: string, answer: Answer | null): Promise<void> {
  const [, kind, rest = ""] = /^\[(toca|audio|foto|sticker|video|ubicación)\] ?(.*)$/.exec(said) ?? [];
  const url = "https://files.example/1";
  if (kind === undefined) {
    await customer.writes({ kind: "text", text: said });
  } else if (kind === "toca") {
    const choice = answer?.choices.find(({ title }) => title === rest);
    if (choice === undefined) throw new Error(`no "${rest}" among ${answer?.choices.map(({ title }) => title)}`);
    await customer.writes({ kind: "tap", ...choice });
  } else if (kind === "ubicación") {
    await customer.writes({ kind: "location", latitude: 4.6, longitude: -74.1 });
  } else {
    const mediaType = ({ audio: "audio", foto: "image", sticker: "sticker", video: "video" } as const)[kind] ?? "file";
    const id = await customer.writes({ kind: "media", mediaType, url });
    if (rest !== "") await customer.describes(id, rest);
  }
}

/** What happens beside the chat; each is one sentence in parentheses. */
async function happen(room: Room, customer: Customer, line: string): Promise<Answer | null> {
  const { database } = room;
  const [, minutes] = /^\(pasan (\d+) minutos\)$/.exec(line) ?? [];
  const [, service, time] = /^\(tiene cita: (.+) a las (\d\d:\d\d)\)$/.exec(line) ?? [];
  const [, first, last] = /^\(la conocemos: (\S+) (\S+)\)$/.exec(line) ?? [];
  const [, count, status] = /^\(en la agenda: (\d+) (\S+)\)$/.exec(line) ?? [];
  const [, column, value] = /^\(la organización: (\w+) = (.*)\)$/.exec(line) ?? [];
  const [, kind] = /^\(el equipo (fue avisado|no fue avisado)\)$/.exec(line) ?? [];
  if (minutes !== undefined) customer.clock.aheadMs += Number(minutes) * 60_000;
  else if (first !== undefined) await database.sql(CONTACT, [first, last, customer.phone.slice(2)]);
  else if (service !== undefined)
    await database.sql(APPOINTMENT, [customer.phone.slice(2), service, tuesdayOfNextWeek(), time]);
  else if (count !== undefined) {
    const [row] = await database.sql<{ count: number }>(COUNT, [customer.phone.slice(2), status]);
    if (row?.count !== Number(count)) throw new Error(`${line}\nbut there are ${row?.count}`);
  } else if (column !== undefined) {
    await database.sql(`update public.organizations set ${column} = ${value} where name = 'Aurora Estética'`);
  } else if (kind !== undefined) {
    const raised = customer.committed.findLast((event) => event.type === "escalation.raised");
    if (raised?.type !== "escalation.raised") throw new Error("nobody was asked for");
    const { escalationId } = raised.data;
    const isTold = kind === "fue avisado";
    await customer.publish(
      isTold ? "escalation.notified" : "escalation.failed",
      isTold ? { escalationId, recipients: 1 } : { escalationId, reason: "no_recipient" },
      `${customer.chat}-notice`,
    );
    return readable(await customer.answers());
  } else if (line === "(se calla)") return readable(await customer.answers({ silent: true }));
  else if (line === "(el mensaje no llegó)") await customer.loses();
  else if (line === "(el equipo enciende la agente)") await database.sql(SWITCH_ON, [customer.phone]);
  else throw new Error(`nobody knows how to do this: ${line}`);
  return null;
}

const CONTACT = `insert into public.contacts (organization_id, first_name, last_name, phone, country_code)
  select id, $1, $2, $3, '+57' from public.organizations where name = 'Aurora Estética'`;
const APPOINTMENT = `insert into public.appointments
    (organization_id, contact_id, member_id, service_id, appointment_date, start_time, end_time, status, created_by)
  select s.organization_id, c.id, a.member_id, s.id, $3::date, $4::time, $4::time + make_interval(mins => s.duration_minutes),
    'programada', private.system_member(s.organization_id)
  from public.services s
  join lateral (select member_id from public.service_assignments x where x.service_id = s.id order by member_id limit 1) a on true
  join public.contacts c on c.organization_id = s.organization_id and c.phone = $1
  where s.name = $2`;
const COUNT = `select count(*)::int as count from public.appointments a join public.contacts c on c.id = a.contact_id
  where c.phone = $1 and a.status::text = $2`;

const SWITCH_ON = "update public.chat_identities set bot_enabled = true where platform_user_id = $1";

/** "El martes de la otra semana": two to eight days from today, whatever today is. */
function tuesdayOfNextWeek(): string {
  const { date } = localClock(new Date(), "America/Bogota");
  const days = 8 - weekdayOf(date) + 1;
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
