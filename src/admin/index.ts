// The package `gossip/admin`: the admin service, for applications that run a peer themselves.

export { Admin, startAdmin } from "./admin.js";
export { type AdminLimits, DEFAULT_ADMIN_LIMITS } from "./limits.js";
export type { AdminOptions } from "./options.js";
