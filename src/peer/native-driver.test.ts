import { expect, test } from "vitest";
import { LoneNativeCore } from "../../test/support/lone-native-core.js";
import { DEFAULT_LIMITS } from "../core/limits.js";
import { MemoryNetwork, MemoryTransport } from "../transport/memory.js";
import type { Link } from "../transport/transport.js";
import { NativeCodec } from "../wire/native-dialect.js";
import { Admission } from "./admission.js";
import { realEnvironment } from "./environment.js";
import { SILENT_LOGGER } from "./logger.js";
import { NativeDriver } from "./native-driver.js";

const NOTHING = (): void => {};

/** A driver whose time stands still. */
function driverAt(nowMs: number): NativeDriver {
  const transport = new MemoryTransport(new MemoryNetwork());
  return new NativeDriver({
    core: new LoneNativeCore().core,
    environment: { ...realEnvironment(transport), now: () => nowMs, setTimer: () => NOTHING },
    codec: new NativeCodec(DEFAULT_LIMITS),
    limits: DEFAULT_LIMITS,
    logger: SILENT_LOGGER,
    admission: new Admission({ isSecure: false, allow: undefined }),
    isSeedDialectOff: false,
    listener: {
      onCoreChanged: NOTHING,
      onMemberEvent: NOTHING,
      onSeedOutcome: NOTHING,
      onLeaveEnded: NOTHING,
      onLinkInquiryEnded: NOTHING,
      onDialect: NOTHING,
      onOriginals: NOTHING,
      onDrained: NOTHING,
    },
  });
}

test("as many frames at once as maxFramesPerSecond are taken, and one more closes the link", () => {
  const driver = driverAt(200_000);
  let isClosed = false;
  const link: Link = {
    unsentBytes: 0,
    send: NOTHING,
    refuse: NOTHING,
    close: () => {
      isClosed = true;
    },
  };
  const { onFrame } = driver.service.onLink(link);
  const empty = new Uint8Array();
  for (let frame = 0; frame < DEFAULT_LIMITS.maxFramesPerSecond; frame += 1) onFrame(empty);
  expect(isClosed).toBe(false);
  expect(driver.rejected["caller-too-fast"]).toBe(0);
  onFrame(empty);
  expect(isClosed).toBe(true);
  expect(driver.rejected["caller-too-fast"]).toBe(1);
  // Whatever comes after that is passed over.
  onFrame(empty);
  expect(driver.rejected["caller-too-fast"]).toBe(1);
});

test("as many bytes as maxUnsentBytes may wait on a link, and one more closes it", () => {
  const driver = driverAt(200_000);
  let unsentBytes = DEFAULT_LIMITS.maxUnsentBytes;
  let isClosed = false;
  const link: Link = {
    get unsentBytes() {
      return unsentBytes;
    },
    send: NOTHING,
    refuse: NOTHING,
    close: () => {
      isClosed = true;
    },
  };
  const { onFrame } = driver.service.onLink(link);
  const codec = new NativeCodec(DEFAULT_LIMITS);
  const hello = { type: "hello", cluster: "", address: "10.0.0.9:7946", generation: 1 } as const;
  onFrame(codec.encode({ ...hello, minVersion: 1, maxVersion: 1, originals: [], clock: 1 }));
  expect(isClosed).toBe(false);
  unsentBytes += 1;
  onFrame(codec.encode({ type: "probe", seq: 1, fingerprint: undefined }));
  expect(isClosed).toBe(true);
  expect(driver.rejected["reader-too-slow"]).toBe(1);
});
