// The transport on gRPC over TLS conforms as it does without.

import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { TransportTls } from "../../src/transport/transport-tls.js";
import { TestAuthority } from "../support/certificates.js";
import {
  hasIpv6Loopback,
  startFullHost,
  startSilentHost,
  unusedAddress,
} from "../support/hosts.js";
import { describeTransport } from "./conformance.js";

const material = await (await TestAuthority.make()).issue();

describeTransport({
  name: "gRPC over TLS",
  hosts: ["127.0.0.1", "localhost", ...(hasIpv6Loopback() ? ["[::1]"] : [])],
  createNetwork: () => ({
    createTransport: () => new GrpcTransport(DEFAULT_LIMITS, { tls: new TransportTls(material) }),
    silentAddress: async () => (await startSilentHost()).address,
    vanishedAddress: startFullHost,
    unusedAddress,
  }),
});
