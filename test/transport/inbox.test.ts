// How much of one call is kept.

import { expect, test } from "vitest";
import { Inbox } from "../../src/transport/inbox.js";

test.each([
  ["all that fits", [3, 3], 5, 10, [3, 3], 0],
  ["exactly as many messages as are allowed", [1, 1, 1], 3, 10, [1, 1, 1], 0],
  ["no more messages than are allowed", [1, 1, 1, 1, 1], 3, 10, [1, 1, 1], 2],
  ["exactly as many bytes as are allowed", [4, 6], 5, 10, [4, 6], 0],
  ["no more bytes than are allowed", [4, 7], 5, 10, [4], 1],
  ["none of those that come after one that did not fit", [4, 7, 1, 0], 5, 10, [4], 3],
  ["nothing where nothing is allowed", [0, 1], 0, 10, [], 2],
])("keeps %s", (_, lengths, maxMessages, maxBytes, kept, dropped) => {
  const inbox = new Inbox(maxMessages, maxBytes);
  for (const length of lengths) inbox.add(new Uint8Array(length));
  expect(inbox.messages.map((message) => message.byteLength)).toEqual(kept);
  expect(inbox.dropped).toBe(dropped);
});
