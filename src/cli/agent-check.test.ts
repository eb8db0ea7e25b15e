import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { GossipError } from "../core/errors.js";
import type { PeerInfo } from "../core/record.js";
import { SILENT_LOGGER } from "../peer/logger.js";
import { AgentCheck } from "./agent-check.js";

const TIMES = { checkInterval: 1, checkTimeout: 60_000 };

function newPeer() {
  const peer = {
    address: "127.0.0.1:1",
    info: { name: "" } as PeerInfo,
    updateInfo(info: PeerInfo) {
      peer.info = info;
    },
  };
  return peer;
}

describe("the check of an agent", () => {
  test("is that of the settings that came last, however fast they come", async () => {
    const asked = new Set<string>();
    const server = createServer((request, response) => {
      asked.add(String(request.url));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const check = new AgentCheck(newPeer(), { ...TIMES, checkHttp: `${url}/1` }, SILENT_LOGGER);
    void check.change({ ...TIMES, checkHttp: `${url}/2` });
    await check.change({ ...TIMES, checkHttp: `${url}/3` });
    asked.clear();
    await eventually(() => expect(asked).toContain("/3"));
    await check.stop();
    expect([...asked]).toEqual(["/3"]);
    server.close().closeAllConnections();
  });

  test("takes back what it told when there is nothing to check any more", async () => {
    const peer = newPeer();
    const check = new AgentCheck(peer, { ...TIMES, checkCommand: "false" }, SILENT_LOGGER);
    await eventually(() => expect(peer.info.metadata).toMatchObject({ health: "failing" }));
    await check.change(TIMES);
    expect(peer.info).toEqual({ name: "", metadata: {} });
    await check.stop();
  });

  test("does not mind that the peer has stopped", async () => {
    const peer = newPeer();
    const check = new AgentCheck(peer, { ...TIMES, checkCommand: "true" }, SILENT_LOGGER);
    peer.updateInfo = () => {
      throw new GossipError("STOPPED", "the peer has stopped");
    };
    await check.change(TIMES);
    await check.stop();
  });
});
