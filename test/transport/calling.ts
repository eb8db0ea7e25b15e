// What the tests of transports share: a transport that listens, a call as a promise, and messages.

import { expect, onTestFinished } from "vitest";
import type { GossipError } from "../../src/core/errors.js";
import type {
  CallHandler,
  CallOutcome,
  CallRequest,
  ListenOptions,
  Transport,
} from "../../src/transport/transport.js";

/** The methods that the tests' listeners serve. */
export const UNARY = "/test.Echo/Unary";
export const STREAM = "/test.Echo/Stream";

/** Answers a call with the messages that it brought. */
export const echo: CallHandler = (call, respond) => respond(call.messages);

/** Takes in a call and never answers it. */
export const neverRespond: CallHandler = () => {};

/** Closes a transport when the test ends, unless the test did it. */
export function closedAtEnd<T extends Transport>(transport: T): T {
  onTestFinished(() => transport.close());
  return transport;
}

/** What a listener of these tests has for options. */
function listenOptions(handler: CallHandler, options: Partial<ListenOptions> = {}): ListenOptions {
  return {
    address: "127.0.0.1:0",
    methods: [UNARY, STREAM],
    handler,
    maxMessages: 20_000,
    receiveTimeoutMs: 20_000,
    sendTimeoutMs: 20_000,
    ...options,
  };
}

/** Listens, and gives the address by which the listener can be called. */
export async function listenWith(
  transport: Transport,
  handler: CallHandler,
  options: Partial<ListenOptions> = {},
): Promise<string> {
  const all = listenOptions(handler, options);
  const port = await transport.listen(all);
  return `${hostOf(all.address)}:${port}`;
}

/** A call with the outcome as a promise. The time it may take is not what ends a sound one. */
export function callBy(
  transport: Transport,
  request: Partial<CallRequest> & Pick<CallRequest, "address">,
): Promise<CallOutcome> {
  return new Promise((resolve) => {
    transport.call(
      { method: STREAM, messages: [], timeoutMs: 20_000, maxMessages: 20_000, ...request },
      resolve,
    );
  });
}

/** The messages of an answer, as text. */
export function textsOf(outcome: CallOutcome): string[] {
  if (outcome.type === "failed") expect.fail(`the call failed: ${outcome.error}`);
  return toTexts(outcome.messages);
}

/** Messages as text. */
export function toTexts(messages: readonly Uint8Array[]): string[] {
  return messages.map((bytes) => Buffer.from(bytes).toString());
}

/** Why a call failed. */
export function errorOf(outcome: CallOutcome): GossipError {
  if (outcome.type === "failed") return outcome.error;
  return expect.fail("the call was answered");
}

/** Text as the bytes of one message. */
export function message(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** So many messages, each different. */
export function messagesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => message(`message ${index}`));
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}
