export { PermanentError, RetryableError, TenantConfigError } from "./errors.ts";
