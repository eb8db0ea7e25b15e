// Who may connect to a transport and is dialled by it, and how.

import type { AddressFilter } from "./address-filter.js";
import type { TransportTls } from "./transport-tls.js";

/** By default everyone, in plain text. */
export interface TransportSecurity {
  readonly tls?: TransportTls | undefined;
  readonly filter?: AddressFilter | undefined;
}
