// The tags of the frames in proto/gossip/v1/gossip.proto: a field's number times 8, and its wire
// type, 0 for numbers and 2 for what has a length. The tests compare them with the generated code.

/** The frame's kinds. All are messages. */
export const FRAME = {
  hello: 0x0a,
  probe: 0x12,
  "probe-answer": 0x1a,
  "symbols-request": 0x22,
  symbols: 0x2a,
  "records-request": 0x32,
  records: 0x3a,
  rumors: 0x42,
  ask: 0x4a,
  evidence: 0x52,
  goodbye: 0x5a,
  "links-request": 0x62,
  links: 0x6a,
} as const;

/** Those of messages with a seq have it in the same place. */
export const SEQ = 0x08;

export const HELLO = {
  cluster: 0x0a,
  address: 0x12,
  generation: 0x18,
  minVersion: 0x20,
  maxVersion: 0x28,
  originals: 0x32,
  clock: 0x38,
} as const;
export const FINGERPRINT = { lanes: 0x0a, count: 0x10 } as const;
export const PROBE = { fingerprint: 0x12 } as const;
export const PROBE_ANSWER = { comparison: 0x10, symbols: 0x1a, addresses: 0x22 } as const;
export const SYMBOLS_REQUEST = { from: 0x10, count: 0x18 } as const;
export const SYMBOLS = { from: 0x10, symbols: 0x1a } as const;
export const RECORDS_REQUEST = { hashes: 0x12, all: 0x18 } as const;
export const RECORDS = { records: 0x12, deflated: 0x1a, last: 0x20 } as const;
export const RUMORS = { records: 0x0a, first: 0x10, accusing: 0x18, agesUs: 0x22 } as const;
export const ASK = { address: 0x12, generation: 0x18, trial: 0x20 } as const;
export const EVIDENCE = { finding: 0x10, late: 0x18 } as const;
export const GOODBYE = { reason: 0x0a } as const;

export const LINKS = { links: 0x12 } as const;
export const LINK_REPORT = {
  address: 0x0a,
  outbound: 0x10,
  neighbour: 0x18,
  roundTripUs: 0x20,
  silentForMs: 0x28,
  probe: 0x30,
} as const;

/** How an answerer's list compares, by its number. */
export const COMPARISONS = ["same", "different", "whole-list", "busy"] as const;
/** What a watcher found, by its number. */
export const FINDINGS = [undefined, "answered", "silent", "refused"] as const;
