/** Every script may run twice: a lost answer is simply asked for again. */

/** KEYS: lease. ARGV: owner, milliseconds. Takes the key, or confirms that it is ours. */
export const TAKE = `
if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("PEXPIRE", KEYS[1], ARGV[2]) return 1 end
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
return 0`;

/** KEYS: lease. ARGV: owner, milliseconds. */
export const RENEW = `
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
return 0`;

/** KEYS: lease. ARGV: owner. */
export const RELEASE = `
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0`;

/** KEYS: journal. ARGV: step, entry, milliseconds. 0 when another process wrote that step. */
export const APPEND = `
local steps, step = redis.call("LLEN", KEYS[1]), tonumber(ARGV[1])
if steps == step + 1 and redis.call("LINDEX", KEYS[1], -1) == ARGV[2] then return 1 end
if steps ~= step then return 0 end
redis.call("RPUSH", KEYS[1], ARGV[2])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return 1`;

/** KEYS: limit. ARGV: milliseconds per token, burst. Milliseconds to wait; the same rule as takeToken, on the server's clock. */
export const TAKE_TOKEN = `
local time, interval, burst = redis.call("TIME"), tonumber(ARGV[1]), tonumber(ARGV[2])
local now = time[1] * 1000 + time[2] / 1000
local from = math.max(tonumber(redis.call("GET", KEYS[1]) or 0), now)
local wait = from - now - (burst - 1) * interval
if wait > 0 then return math.ceil(wait) end
local full = from + interval
redis.call("SET", KEYS[1], string.format("%.3f", full), "PX", math.max(1, math.ceil(full - now)))
return 0`;
