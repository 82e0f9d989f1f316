import type { SqlEngine, SqlResult, SqlSession } from "@skytide/embedded";
import { DatabaseError } from "./database-error.ts";

type Answer = SqlResult[] | { code: string; message: string; details?: string; hint?: string };

/** The door that a running embedded database keeps open to the service role; its one session serves everybody. */
export function openGateway({ url, serviceRoleKey }: { url: string; serviceRoleKey: string }): SqlEngine {
  const post = async (query: string, parameters?: readonly unknown[]): Promise<SqlResult[]> => {
    if (/^\s*(begin|start\s+transaction)\b/i.test(query)) {
      throw new DatabaseError(
        "The running database has one session, which the fleet uses too: no begin here. What is sent at once is one transaction.",
      );
    }
    const response = await fetch(`${url}/pg/query`, {
      method: "POST",
      headers: { authorization: `Bearer ${serviceRoleKey}`, "content-type": "application/json" },
      body: JSON.stringify({ query, parameters }),
    });
    const answer = (await response.json()) as Answer;
    if (Array.isArray(answer)) return answer;
    if (response.status === 404) {
      throw new DatabaseError("The running database keeps its SQL door shut. Stop what runs it and try again.");
    }
    const { code, message, details, hint } = answer;
    throw Object.assign(new Error(message), { code, detail: details, hint });
  };
  const session: SqlSession = {
    script: (sql) => post(sql),
    query: async (sql, parameters = []) =>
      (await post(sql, parameters))[0] ?? { rows: [], fields: [], affectedRows: 0 },
  };
  return { ...session, session: (work) => work(session), close: async () => undefined };
}
