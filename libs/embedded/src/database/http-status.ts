const exact: Record<string, number> = {
  "21000": 500,
  "23503": 409,
  "23505": 409,
  "25006": 405,
  "42883": 404,
  "42P01": 404,
  "42P17": 500,
  "53400": 500,
  "57P01": 503,
  P0001: 400,
};
const classes: Record<string, number> = {
  "08": 503,
  "28": 403,
  "40": 500,
  "53": 503,
  "54": 500,
  "55": 500,
  "57": 500,
  "58": 500,
  P0: 500,
  XX: 500,
};

/** PostgREST's HTTP status for a SQLSTATE (its docs, "Errors"); `PTnnn` names the status itself. */
export function statusOf(sqlState: string, isAnonymous: boolean): number {
  const chosen = /^PT(\d{3})$/.exec(sqlState)?.[1];
  if (chosen !== undefined) return Number(chosen);
  if (sqlState === "42501") return isAnonymous ? 401 : 403;
  return exact[sqlState] ?? classes[sqlState.slice(0, 2)] ?? 400;
}
