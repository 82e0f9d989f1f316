import { describe, expect } from "vitest";
import { organizationId } from "../events.ts";
import { setup, test } from "./talk.ts";

describe("a message over HTTP", () => {
  test("is answered at once in the same conversation; the log gets no message and no reply", async ({
    bus,
    coordination,
  }) => {
    const talk = setup({ bus, coordination });
    await talk.says("1", "hola");
    await talk.run();
    const before = { inbound: await talk.last("inbound"), reply: await talk.last("reply") };
    expect(await talk.invokes("¿y mañana?")).toEqual({
      kind: "answered",
      response: "Dijiste: ¿y mañana?",
      botEnabled: true,
    });
    expect({ inbound: await talk.last("inbound"), reply: await talk.last("reply") }).toEqual(before);
    const state = await talk.state();
    expect(state?.cursor.inbound).toBe(before.inbound);
    expect(state?.history.map(({ text }) => text)).toEqual([
      "hola",
      "Dijiste: hola",
      "¿y mañana?",
      "Dijiste: ¿y mañana?",
    ]);
  });

  test("moves no cursor: what waits on WhatsApp is answered there", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination });
    await talk.says("1", "hola");
    await talk.invokes("algo más");
    expect((await talk.run()).kind).toBe("committed");
    expect(talk.replies()).toEqual(["Dijiste: hola"]);
  });

  test("waits for a conversation that is busy, and says so where that takes too long", async ({
    bus,
    coordination,
  }) => {
    const talk = setup({ bus, coordination });
    const lease = await coordination.leases.acquire(`${organizationId}.${talk.chat}`);
    expect(await talk.invokes("hola")).toEqual({ kind: "busy" });
    const answer = talk.invokes("hola");
    await lease?.release();
    expect(await answer).toMatchObject({ kind: "answered" });
  });

  test("does not go before a turn that has acted and was interrupted", async ({ bus, coordination }) => {
    let crashed = false;
    const beforeCommit = async () => {
      if (!crashed) {
        crashed = true;
        throw new Error("crash");
      }
    };
    const talk = setup({ bus, coordination }, { beforeCommit });
    await talk.says("1", "reserva");
    await expect(talk.run()).rejects.toThrow("crash");
    expect(await talk.invokes("hola")).toEqual({ kind: "busy" });
    await talk.run();
    expect(await talk.invokes("hola")).toMatchObject({ kind: "answered" });
    expect(talk.replies()).toEqual(["Reservado"]);
  });

  test("of a paused agent says so", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination }, { botEnabled: false });
    expect(await talk.invokes("hola")).toEqual({ kind: "answered", response: "", botEnabled: false });
    expect(talk.calls.model).toBe(0);
  });
});

describe("a request that is repeated under its key", () => {
  test("gets the same answer from any replica and is said once", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination });
    const key = { idempotencyKey: "order-1" };
    const answer = await talk.invokes("reserva", key);
    expect(await talk.invokes("reserva", key)).toEqual(answer);
    expect(talk.calls).toMatchObject({ model: 1 });
    expect([...talk.calls.bookings.values()]).toEqual([1]);
    expect(await talk.invokes("otra cosa", key)).toEqual({ kind: "key_used" });
    expect(await talk.invokes("otra cosa", { idempotencyKey: "order-2" })).toMatchObject({ kind: "answered" });
  });

  test.for(["facts", "llm", "acting:tool:book_appointment", "tool:book_appointment", "answer"])(
    "after a crash behind the step %s acts once and asks the model once",
    async (kind, { bus, coordination }) => {
      let crashed = false;
      const onAppend = (entry: { kind: string }) => {
        if (entry.kind !== kind || crashed) return;
        crashed = true;
        throw new Error("crash");
      };
      const talk = setup({ bus, coordination }, { onAppend });
      const key = { idempotencyKey: "order-1" };
      await expect(talk.invokes("reserva", key)).rejects.toThrow("crash");
      expect(await talk.invokes("reserva", key)).toMatchObject({ kind: "answered", response: "Reservado" });
      expect(talk.calls.model).toBe(1);
      expect([...talk.calls.bookings.values()]).toEqual([1]);
    },
  );
});

describe("what the caller says was said before", () => {
  const recent = [{ role: "agent" as const, text: "¿Para qué servicio?", at: new Date(0).toISOString() }];

  test("counts where the log knows nothing of the chat, and nowhere else", async ({ bus, coordination }) => {
    const talk = setup({ bus, coordination });
    await talk.invokes("limpieza", { recent });
    expect((await talk.state())?.history[0]?.text).toBe("¿Para qué servicio?");
    const other = setup({ bus, coordination });
    await other.says("1", "hola");
    await other.invokes("limpieza", { recent });
    expect((await other.state())?.history[0]?.text).toBe("limpieza");
  });
});
