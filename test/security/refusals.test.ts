// Certificates that are wrong, each in its own way, between two peers on real sockets: the side that
// refuses logs and counts the cause, the other logs what TLS told it, with a hint.

import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TlsRefusalCause } from "gossip";
import { describe, expect, onTestFinished, test } from "vitest";
import { REPEATS_WRITTEN } from "../../src/peer/collapsed-log.js";
import type { TlsMaterial } from "../../src/transport/transport-tls.js";
import { TestAuthority } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import { errorOf, startPeer } from "../support/peers.js";
import { RecordingLogger } from "../support/recording-logger.js";
import { expectWarning, type LoggedPeer, startTlsPeer } from "../support/tls-peers.js";

const HOUR_MS = 3_600_000;
/** Long enough to join before, on a busy machine too. */
const ENDS_SOON_MS = 3_000;
const authority = await TestAuthority.make();
/** Of the same name, so that only its key tells it apart. */
const impostor = await TestAuthority.make();
const other = await TestAuthority.make("another authority");
const sound = await authority.issue();

const WRONG: readonly (readonly [string, TlsRefusalCause, TlsMaterial])[] = [
  ["of a wrong CA", "untrusted", await other.issue({}, [authority])],
  ["of a CA that only has the right name", "untrusted", await impostor.issue({}, [authority])],
  ["that is self-signed", "untrusted", await authority.selfSigned()],
  ["that has expired", "expired", await authority.issue({ from: -2 * HOUR_MS, to: -HOUR_MS })],
  [
    "that is not valid yet",
    "not-yet-valid",
    await authority.issue({ from: HOUR_MS, to: 2 * HOUR_MS }),
  ],
];

describe.each(WRONG)("a certificate %s", (_, cause, wrong) => {
  test("is refused by who is called with it, and its holder is told so", async () => {
    const called = await startTlsPeer(sound);
    const caller = await startTlsPeer(wrong);
    const error = await errorOf(caller.peer.addSeed(called.peer.address));
    await expectRefusal(called, cause, caller);
    expect(error.message).toContain("gossip_tls_refused_total");
  });

  test("is refused by who calls and is shown it, and its holder is told so", async () => {
    const called = await startTlsPeer(wrong);
    const caller = await startTlsPeer(sound);
    const error = await errorOf(caller.peer.addSeed(called.peer.address));
    await expectRefusal(caller, cause, called);
    expect(error.code).toBe("SEED_UNREACHABLE");
    expect(error.message).toMatch(/certificate/);
  });
});

test("of one wrong certificate that comes again and again a few lines are written", async () => {
  const [, , expired] = WRONG[3] ?? expect.fail();
  const called = await startTlsPeer(sound);
  const caller = await startTlsPeer(expired);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await errorOf(caller.peer.addSeed(called.peer.address));
  }
  await eventually(() => expect(called.peer.stats().tlsRefused.expired).toBeGreaterThan(7));
  const lines = called.logger.messages.filter((line) => line.startsWith("TLS refused 127.0.0.1"));
  expect(lines).toHaveLength(REPEATS_WRITTEN);
  await called.peer.stop();
  expect(called.logger.messages.at(-1)).toMatch(/^… \d+ more in \d+ s: TLS refused 127\.0\.0\.1/);
});

test("a peer whose certificate ends says so, and is joined no longer", async () => {
  const seed = await startTlsPeer(sound);
  const { peer, logger } = await startTlsPeer(await authority.issue({ to: ENDS_SOON_MS }), {
    seeds: [seed.peer.address],
  });
  await eventually(() => expect(peer.health().isJoined).toBe(true));
  await eventually(() => expect(peer.health().isJoined).toBe(false));
  expect(peer.health().reason).toMatch(/^our certificate has expired .* renew it/);
  await eventually(() => expect(logger.messages).toContain(peer.health().reason));
  await peer.reloadTls(sound);
  expect(peer.health()).toEqual({ isJoined: true, score: 0 });
});

test("a certificate for another host than that dialled is refused", async () => {
  const called = await startTlsPeer(sound, {
    address: "0.0.0.0:0",
    advertiseAddress: "127.0.0.1:0",
  });
  const caller = await startTlsPeer(sound);
  const error = await errorOf(caller.peer.addSeed(`127.0.0.2:${portOf(called.peer.address)}`));
  await expectRefusal(caller, "wrong-name", called);
  expect(error.message).toContain("it names 127.0.0.1");
});

describe("a peer without TLS", () => {
  test("is refused by one that has it", async () => {
    const secure = await startTlsPeer(sound);
    const logger = new RecordingLogger();
    const plain = { peer: await startPeer({ logger }), logger };
    await errorOf(plain.peer.addSeed(secure.peer.address));
    await eventually(() => expect(secure.peer.stats().tlsRefused["no-tls"]).toBeGreaterThan(0));
    await expectWarning(secure, "give both sides the option tls, or neither");
    expectAlone(secure, plain);
  });

  test("is not linked with by one that has it", async () => {
    const secure = await startTlsPeer(sound);
    const logger = new RecordingLogger();
    const plain = { peer: await startPeer({ logger }), logger };
    const error = await errorOf(secure.peer.addSeed(plain.peer.address));
    expect(error.message).toContain("it does not speak TLS");
    await eventually(() => expect(secure.peer.stats().tlsRefused["no-tls"]).toBeGreaterThan(0));
    expectAlone(secure, plain);
  });
});

describe("a caller on the port of a peer", () => {
  test("that speaks TLS 1.2 only is refused", async () => {
    const called = await startTlsPeer(sound);
    const socket = connectTls({ ...at(called), ...sound, maxVersion: "TLSv1.2" });
    const code = await new Promise((resolve) => {
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(code).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
    await eventually(() => expect(called.peer.stats().tlsRefused["old-version"]).toBe(1));
    await expectWarning(called, "it speaks no TLS 1.3");
  });

  test("without a certificate is refused, and told what is asked of it", async () => {
    const called = await startTlsPeer(sound);
    const socket = connectTls({ ...at(called), ca: sound.ca });
    const code = await new Promise((resolve) => {
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(code).toBe("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
    await eventually(() => expect(called.peer.stats().tlsRefused["no-certificate"]).toBe(1));
  });

  test("that takes up an old session has to show its certificate all the same", async () => {
    const called = await startTlsPeer(sound);
    const session = await new Promise<Buffer | undefined>((resolve) => {
      const socket = connectTls({ ...at(called), ...sound, ALPNProtocols: ["h2"] });
      socket.once("session", (ticket) => resolve(ticket));
      socket.once("close", () => resolve(undefined));
      // What comes of HTTP/2 shows that no ticket comes before it any more.
      socket.once("data", () => setImmediate(() => socket.destroy()));
    });
    const isReused = await new Promise<boolean>((resolve, reject) => {
      const options = { ...at(called), ...sound, ALPNProtocols: ["h2"] };
      const socket = connectTls(session === undefined ? options : { ...options, session });
      onTestFinished(() => void socket.destroy());
      socket.once("secureConnect", () => resolve(socket.isSessionReused()));
      socket.once("error", reject);
    });
    expect(isReused).toBe(false);
  });

  test("that only looks whether the port is open is no refusal", async () => {
    const called = await startTlsPeer(sound);
    for (let count = 0; count < 5; count += 1) {
      await new Promise<void>((resolve) => {
        const socket = connectTcp(at(called), () => socket.destroy());
        socket.once("close", () => resolve());
      });
    }
    const plain = await startPeer();
    await errorOf(plain.addSeed(called.peer.address));
    await eventually(() => expect(called.peer.stats().tlsRefused["no-tls"]).toBeGreaterThan(0));
    const { tlsRefused, tlsRefusedByOthers } = called.peer.stats();
    expect({ ...tlsRefused, "no-tls": 0 }).toEqual(
      Object.fromEntries(Object.keys(tlsRefused).map((cause) => [cause, 0])),
    );
    expect(tlsRefusedByOthers).toBe(0);
  });

  test("that says nothing makes room for others, and does not keep them out", async () => {
    const called = await startTlsPeer(sound, { limits: { maxHandshakes: 4 } });
    const sockets = Array.from({ length: 12 }, () => connectTcp(at(called)).on("error", () => {}));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await eventually(() => expect(called.peer.stats().tlsRefused["too-many"]).toBe(8));
    const { peer } = await startTlsPeer(sound);
    await peer.addSeed(called.peer.address);
    expect(peer.members().size).toBe(2);
  });

  test("that does not finish its handshake is let go in time", async () => {
    const called = await startTlsPeer(sound);
    const closed = new Promise<void>((resolve) => {
      connectTcp(at(called)).once("close", () => resolve());
    });
    await closed;
    await eventually(() => expect(called.peer.stats().tlsRefused["too-slow"]).toBe(1));
    await expectWarning(called, "did not finish the handshake in time");
  });
});

/** One refused for that cause, the other was told, and neither lists the other. */
async function expectRefusal(
  refuser: LoggedPeer,
  cause: TlsRefusalCause,
  refused: LoggedPeer,
): Promise<void> {
  await eventually(() => expect(refuser.peer.stats().tlsRefused[cause]).toBeGreaterThan(0));
  await expectWarning(refuser, "TLS refused ");
  await eventually(() => expect(refused.peer.stats().tlsRefusedByOthers).toBeGreaterThan(0));
  await expectWarning(refused, "its log and the metric gossip_tls_refused_total there tell why");
  const counted = Object.entries(refuser.peer.stats().tlsRefused).filter(([, count]) => count > 0);
  expect(counted.map(([found]) => found)).toEqual([cause]);
  expectAlone(refuser, refused);
}

function expectAlone(...peers: readonly LoggedPeer[]): void {
  for (const { peer } of peers) expect(peer.members().size).toBe(1);
}

function at({ peer }: LoggedPeer): { readonly host: string; readonly port: number } {
  return { host: "127.0.0.1", port: portOf(peer.address) };
}
