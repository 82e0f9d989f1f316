import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runLogs } from "../tools/logs/run-logs.ts";
import { skytide } from "../tools/skytide/test/cli.ts";
import { exemplarsOf, faultsOf, readExpositions, totalOf } from "./exposition.ts";
import { AURORA, BRISA, startTestFleet, type TestFleet } from "./fleet-fixture.ts";
import { sweep } from "./sweep.ts";

let room: TestFleet;
const LAURA = "573001110001";
const MARTA = "573001110003";
const DIEGO = "573001110004";

const MESSAGES = `
  select m.direction, m.message_status as status, count(*)::int as messages
  from chat_messages m join chat_identities i on i.id = m.chat_identity_id
  where i.platform_user_id = $1 group by 1, 2 order by 1`;
/** Four messages of the customer and the answer to each, all of them read. */
const RECORDED = [
  { direction: "incoming", status: expect.anything(), messages: 4 },
  { direction: "outgoing", status: "read", messages: 4 },
];

beforeAll(async () => {
  room = await startTestFleet({ brains: 2 });
}, 180_000);
afterAll(() => room?.stop(), 120_000);

test("a WhatsApp message goes in, an appointment and its confirmation come out", async () => {
  const phone = room.phone(AURORA.app, LAURA);
  await phone.say("Hola, quiero una limpieza facial mañana en la tarde");
  const slots = await phone.until(/tengo:/);
  expect(slots.choices?.length).toBeGreaterThanOrEqual(1);
  await phone.tap(slots.choices?.[0] ?? { title: "1" });
  await phone.until(/nombre/);
  await phone.say("Laura Gómez");
  const summary = await phone.until(/¿La agendo\?/);
  expect(summary.text).toContain("Laura Gómez");
  expect(await room.appointments(AURORA.organizationId, LAURA)).toEqual([]);
  await phone.say("sí");
  await phone.until(/quedó agendada/);
  const [booked, ...more] = await room.appointments(AURORA.organizationId, LAURA);
  expect(more).toEqual([]);
  expect(booked?.serviceName).toBe("Limpieza facial profunda");
  await vi.waitFor(async () => {
    const statuses = (await phone.answers()).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(["read"]));
  }, 20_000);
  await vi.waitFor(async () => expect(await room.rows(MESSAGES, [LAURA])).toEqual(RECORDED), 20_000);
}, 120_000);

test("what was booked is moved and then cancelled, each on a yes of its own", async () => {
  const phone = room.phone(AURORA.app, LAURA);
  const [booked] = await room.appointments(AURORA.organizationId, LAURA);
  await phone.tap({
    title: "No, gracias",
    payload: (await phone.until(/recordatorios/)).choices?.at(-1)?.payload ?? "",
  });
  await phone.until(/no te enviaré/);
  await phone.say("quiero mover mi cita");
  await phone.until(/¿Para qué día la cambiamos\?/);
  await phone.say("pasado mañana");
  const slots = await vi.waitFor(async () => {
    const latest = (await phone.answers()).at(-1)?.content;
    expect(latest?.text).toMatch(/tengo:/);
    return latest;
  }, 30_000);
  await phone.tap(slots?.choices?.[0] ?? { title: "1" });
  const summary = await phone.until(/¿Hago el cambio\?/);
  expect(await room.appointments(AURORA.organizationId, LAURA)).toEqual([booked]);
  await phone.say("sí");
  await phone.until(/quedó cambiada/);
  const [moved, ...more] = await room.appointments(AURORA.organizationId, LAURA);
  expect(more).toEqual([]);
  expect(moved).toMatchObject({ id: booked?.id, memberId: booked?.memberId, status: "programada" });
  expect(moved?.startsAt).not.toBe(booked?.startsAt);
  expect(summary.text).toContain("Limpieza facial profunda");
  await phone.say("cancela mi cita");
  await phone.until(/¿La cancelo\?/);
  expect(await room.appointments(AURORA.organizationId, LAURA)).toEqual([moved]);
  await phone.say("sí");
  await phone.until(/quedó cancelada/);
  expect(await room.appointments(AURORA.organizationId, LAURA)).toEqual([]);
}, 180_000);

test("logs.sh tells the whole way of a message, one line per happening", async () => {
  const out: string[] = [];
  const given = ["all", "--from", "local", "--no-follow", "--since", "1h"];
  const env = { PATH: process.env.PATH, SKYTIDE_DATA_DIR: dirname(room.fleet.logs) };
  const code = await runLogs(given, { env, print: (line) => void out.push(line), note: () => {}, color: false });
  expect(code).toBe(0);
  for (const happening of [
    / ingest +← text, durable in \d+ ms +t1_/,
    / brain(-2)? +\S+ → agent\.book, decided by the model +t1_/,
    / brain(-2)? +tool book_appointment: booked, \d+ ms +t1_/,
    / outbound +→ answer sent in \d+ ms, [\d.]+ s after the customer wrote +t1_/,
  ]) {
    expect(out).toContainEqual(expect.stringMatching(happening));
  }
  expect(out.join("\n")).not.toMatch(new RegExp(`${LAURA}|Laura|limpieza`, "i"));
});

test("another channel asks over HTTP, with the organization's own token", async () => {
  const [identity] = await room.rows(
    "select id from chat_identities where platform_user_id = $1 and organization_id = $2",
    [LAURA, AURORA.organizationId],
  );
  const ask = async (token: string, message: string) => {
    const response = await fetch(room.fleet.urls.invoke, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "price-1" },
      body: JSON.stringify({
        ...{ organizationId: AURORA.organizationId, chatIdentityId: identity?.id, message },
        ...{ phone: LAURA, phoneNumber: LAURA.slice(2), countryCode: "+57" },
      }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const phone = room.phone(AURORA.app, LAURA);
  const before = await phone.answers();
  const answer = await ask("demo-invoke-aurora", "¿Cuánto cuesta la limpieza facial?");
  expect(answer).toMatchObject({ status: 200, body: { botEnabled: true, response: expect.stringMatching(/\$/) } });
  expect(await ask("demo-invoke-aurora", "¿Cuánto cuesta la limpieza facial?")).toEqual(answer);
  expect((await ask("demo-invoke-brisa", "hola")).status).toBe(403);
  expect(await phone.answers()).toHaveLength(before.length);
}, 60_000);

test("with two brains a burst still gets one answer", async () => {
  const phone = room.phone(BRISA.app, MARTA);
  await phone.say("hola");
  await phone.say("una pregunta");
  await phone.say("¿cuál es la dirección?");
  await phone.until(/Carrera 43A/);
  expect(await phone.answers()).toHaveLength(1);
}, 60_000);

test("the same customer at another business is somebody else", async () => {
  expect(await room.appointments(BRISA.organizationId, LAURA)).toEqual([]);
});

test("whoever asks for a person is told the truth once staff were told, and the agent is silent then", async () => {
  const phone = room.phone(AURORA.app, MARTA);
  await phone.say("quiero hablar con un asesor");
  await phone.until(/ya avisé a nuestro equipo/);
  expect(await room.phone("SkytideAvisos", "573009990001").answers()).toHaveLength(1);
  const before = (await phone.answers()).length;
  await phone.say("¿hola?");
  await vi.waitFor(async () => expect(await pausedTurns(room)).toBeGreaterThan(0), 20_000);
  expect(await phone.answers()).toHaveLength(before);
}, 90_000);

test("a voice note is understood by its transcript", async () => {
  const phone = room.phone(AURORA.app, DIEGO);
  await phone.send("audio");
  await phone.until(/./);
  const [first] = await phone.answers();
  expect(first?.content.text).not.toMatch(/no puedo verlo/);
}, 90_000);

test("nothing of all this stands in a log, a metric, a trace or a subject", async () => {
  const { hits, seen } = await sweep(room, {
    phones: [LAURA, MARTA, DIEGO, "573009990001"],
    names: ["Laura", "Gómez", "Marta Díaz", "Diego Torres", "Recepción Aurora"],
    texts: [
      "limpieza facial",
      "una pregunta",
      "hablar con un asesor",
      "quedó agendada",
      "¿hola?",
      "demo-secret-aurora",
    ],
  });
  expect(hits).toEqual([]);
  for (const [kind, size] of Object.entries(seen))
    expect({ kind, looked: size > 2_000 }).toEqual({ kind, looked: true });
  // It would have found what is there.
  const { hits: found } = await sweep(room, {
    phones: [],
    names: [],
    texts: [AURORA.organizationId, "webhook-listening"],
  });
  expect(new Set(found.map(({ mark }) => mark)).size).toBe(2);
}, 60_000);

test("every process shows the metrics of its stage and nothing else: known labels, known values, no more series than agreed", async () => {
  const expositions = await readExpositions(room);
  const sizes = [...expositions].map(([name, { samples }]) => `${name} ${samples.length}`);
  process.stdout.write(`series: ${sizes.join(", ")}\n`);
  // It would see a metric, a label's value and a number that do not belong there.
  const [brain, media] = [expositions.get("brain"), expositions.get("media")];
  expect(faultsOf({ ...media, samples: brain?.samples ?? [] } as NonNullable<typeof media>)).toEqual(
    expect.arrayContaining(["skytide_turn_messages_sum is not declared", 'skytide_inflight{stage="brain"}']),
  );
  expect([...expositions].flatMap(([name, shown]) => faultsOf(shown).map((fault) => `${name}: ${fault}`))).toEqual([]);
});

test("what happened was counted: requests to the outside, appointments, moves, hand-offs, shares of the replies", async () => {
  const shown = await readExpositions(room);
  const counted = (series: string, labels?: Record<string, string>) => totalOf(shown, series, labels);
  for (const dependency of ["openai", "gemini", "gupshup", "postgres", "storage", "langfuse"]) {
    expect(counted("skytide_dependency_requests_total", { dependency, outcome: "ok" }), dependency).toBeGreaterThan(0);
    expect(counted("skytide_dependency_duration_seconds_count", { dependency }), dependency).toBeGreaterThan(0);
  }
  for (const operation of ["book", "reschedule", "cancel"]) {
    expect(counted("skytide_appointments_total", { operation, outcome: "ok" }), operation).toBe(1);
  }
  for (const stage of ["ingest", "media", "debounce", "brain", "outbound"]) {
    expect(counted("skytide_reply_stage_seconds_count", { stage }), stage).toBeGreaterThan(0);
  }
  expect(counted("skytide_escalations_total", { reason: "user_asked" })).toBe(1);
  expect(counted("skytide_state_transitions_total", { from: "supervisor", to: "appointment" })).toBeGreaterThan(0);
  // Laura, Marta at Aurora and at Brisa, Diego.
  expect(counted("skytide_conversations_started_total")).toBe(4);
  expect(counted("skytide_tool_calls_total", { outcome: "ok" })).toBeGreaterThan(5);
  expect(counted("skytide_delivery_delay_seconds_count")).toBeGreaterThan(0);
  expect(counted("skytide_nats_server_healthy")).toBe(shown.size);
  expect(counted("skytide_invariant_violations_total")).toBe(0);
});

test("turns and replies lead to their traces", async () => {
  const shown = await readExpositions(room);
  const series = [
    "skytide_turns_total",
    "skytide_turn_duration_seconds_bucket",
    "skytide_reply_latency_seconds_bucket",
  ];
  // Spans leave in batches, a second apart.
  await vi.waitFor(async () => {
    const traces = await (await fetch(`${room.fleet.urls.simulators}/simulator/langfuse/traces`)).text();
    for (const name of series) {
      const [trace, ...more] = exemplarsOf(shown, name);
      expect({ name, trace }).toEqual({ name, trace: expect.stringMatching(/^[0-9a-f]{32}$/) });
      for (const one of [trace, ...more]) expect(traces, name).toContain(one);
    }
  }, 20_000);
});

/** Turns in which a brain took the words of a paused conversation in. */
async function pausedTurns({ fleet }: TestFleet): Promise<number> {
  const pages = await Promise.all(
    ["brain", "brain-2"].map(async (name) => (await fetch(`${fleet.urls.admin[name]}/metrics`)).text()),
  );
  const counts = pages.map((page) => /skytide_turns_total\{outcome="paused"\} (\d+)/.exec(page)?.[1] ?? "0");
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

/** Moves Carlos's appointment as the CRM would, to a noon to come whose reminder is due in two seconds. */
const REMIND_SOON = `
  with due as (select clock_timestamp() + interval '2 seconds' as at),
    noon as (select at, (((at at time zone 'America/Bogota')::date + $2::int) + time '12:00') at time zone 'America/Bogota' as noon from due),
    minutes as (select at, ceil(extract(epoch from noon - at) / 60)::int as n from noon),
    settings as (update organizations o set quiet_hours_start = null, quiet_hours_end = null, reminder_minutes = n from minutes where o.id = $1),
    starts as (select (at + make_interval(mins => n)) at time zone 'America/Bogota' as at from minutes)
  update appointments a set appointment_date = at::date, start_time = at::time, end_time = (at + interval '1 hour')::time
  from starts, contacts c where c.id = a.contact_id and c.organization_id = $1 and c.phone = '3001110002' returning a.id`;

test("a reminder comes by itself; its buttons are answered by code, also when the appointment has moved", async () => {
  const phone = room.phone(AURORA.app, "573001110002");
  const [own] = await room.rows(REMIND_SOON, [AURORA.organizationId, "40"]);
  const first = await phone.until(/te recordamos tu cita/);
  expect(first.choices?.map(({ title }) => title)).toEqual(["Confirmo", "Reprogramar", "Cancelar"]);
  await phone.tap(first.choices?.[0] ?? { title: "Confirmo" });
  await phone.until(/quedó confirmada/);
  const status = "select status from appointments where id = $1";
  expect(await room.rows(status, [String(own?.id)])).toEqual([{ status: "confirmada" }]);

  await room.rows(REMIND_SOON, [AURORA.organizationId, "41"]);
  await vi.waitFor(async () => {
    const reminders = (await phone.answers()).filter(({ content }) => /te recordamos/.test(content.text ?? ""));
    expect(reminders).toHaveLength(2);
  }, 30_000);
  await phone.tap(first.choices?.[2] ?? { title: "Cancelar" });
  expect((await phone.until(/cambió después de ese recordatorio/)).text).toContain("¿La cancelo?");
  expect(await room.rows(status, [String(own?.id)])).toEqual([{ status: "confirmada" }]);
}, 120_000);

test("a paused organization's customers get one answer each when it is resumed, to all that they wrote", async () => {
  const env = JSON.parse(await readFile(join(dirname(room.fleet.logs), "operator.json"), "utf8"));
  const run = async (...given: string[]) => expect(await skytide(env, ...given)).toMatchObject({ code: 0 });
  const phones = ["573001118801", "573001118802"].map((number) => room.phone(BRISA.app, number));
  await run("pause", "org", BRISA.organizationId, "--reason", "a test", "--yes");
  const before = await pausedTurns(room);
  for (const phone of phones) {
    await phone.say("hola");
    await phone.say("¿cuál es la dirección?");
  }
  await vi.waitFor(async () => expect(await pausedTurns(room)).toBeGreaterThanOrEqual(before + 2), 20_000);
  for (const phone of phones) expect(await phone.answers()).toEqual([]);
  await run("resume", "org", BRISA.organizationId, "--yes");
  for (const phone of phones) {
    await phone.until(/Carrera 43A/);
    expect(await phone.answers()).toHaveLength(1);
  }
}, 90_000);

test("the reply that confirmed a booking is explained from the log, without anybody's words", async () => {
  const [reply] = await room.rows(
    `select m.reply_id from chat_messages m join chat_identities i on i.id = m.chat_identity_id
     where i.platform_user_id = $1 and m.message like '%quedó agendada%'`,
    [LAURA],
  );
  const env = JSON.parse(await readFile(join(dirname(room.fleet.logs), "operator.json"), "utf8"));
  const { code, out, notes } = await skytide(env, "explain", String(reply?.reply_id), "--json");
  expect(code, notes).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    outcome: "replied",
    read: [{ kind: "text", text: "[hidden]" }],
    decisions: [{ by: "code", event: "agent.accept" }],
    tools: [{ tool: "book_appointment", outcome: "booked", asked: { serviceId: expect.any(String) } }],
    treatment: { share: "main", prompt: expect.any(String), draft: false },
    delivery: expect.arrayContaining([expect.objectContaining({ type: "reply.sent" })]),
  });
  expect(out).not.toMatch(/Laura|57300/);
}, 60_000);

test("what the database keeps for the bill is what the providers counted, and what Prometheus was told", async () => {
  const { simulators, admin } = room.fleet.urls;
  const statsOf = async (name: string) =>
    (await (await fetch(`${simulators}/simulator/${name}/stats`)).json()) as { tokens: Record<string, number> };
  const env = JSON.parse(await readFile(join(dirname(room.fleet.logs), "operator.json"), "utf8"));
  await vi.waitFor(async () => {
    const billed = (await skytide(env, "usage", "--by", "conversation", "--json")).out
      .split("\n")
      .map(
        (line) => JSON.parse(line) as { chat: string; inputTokens: number; cachedTokens: number; outputTokens: number },
      );
    const sum = (rows: typeof billed) => ({
      input: rows.reduce((all, { inputTokens }) => all + inputTokens, 0),
      cached: rows.reduce((all, { cachedTokens }) => all + cachedTokens, 0),
      output: rows.reduce((all, { outputTokens }) => all + outputTokens, 0),
    });
    const counted = await Promise.all([statsOf("openai"), statsOf("gemini")]);
    const provided = (kind: string) => counted.reduce((all, { tokens }) => all + (tokens[kind] ?? 0), 0);
    expect(sum(billed)).toEqual({ input: provided("input"), cached: provided("cached"), output: provided("output") });
    expect(sum(billed).cached).toBeGreaterThan(0);
    // The knowledge's vectors were made by the start, which nobody scrapes; of all else the stages tell Prometheus.
    const ofConversations = sum(billed.filter(({ chat }) => chat !== ""));
    const pages = await Promise.all(
      ["brain", "brain-2", "media"].map(async (name) => (await fetch(`${admin[name]}/metrics`)).text()),
    );
    const exposed = (kind: string) =>
      [...pages.join("\n").matchAll(new RegExp(`^skytide_llm_tokens_total\\{[^}]*kind="${kind}"[^}]*\\} (\\d+)`, "gm"))]
        .map(([, value]) => Number(value))
        .reduce((all, value) => all + value, 0);
    const told = {
      input: exposed("input") + exposed("cached_input"),
      cached: exposed("cached_input"),
      output: exposed("output"),
    };
    expect(ofConversations).toEqual(told);
  }, 20_000);
}, 60_000);

test("an organization in draft mode sends nothing: staff see what would have been said", async () => {
  await room.rows("update organizations set draft_mode = true where id = $1", [BRISA.organizationId]);
  const phone = room.phone(BRISA.app, "573001119999");
  await phone.say("hola");
  const draft = await vi.waitFor(async () => {
    const [row] = await room.rows(
      `select d.messages::text as messages, d.closed_at from reply_drafts d join chat_identities i on i.id = d.chat_identity_id
       where i.platform_user_id = $1`,
      ["573001119999"],
    );
    expect(row).toBeDefined();
    return row;
  }, 30_000);
  expect(draft).toMatchObject({ messages: expect.stringContaining("Brisa Dental"), closed_at: null });
  expect(await phone.answers()).toEqual([]);
}, 60_000);
