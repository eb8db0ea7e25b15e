// The transport on gRPC conforms.

import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import {
  hasIpv6Loopback,
  startFullHost,
  startSilentHost,
  unusedAddress,
} from "../support/hosts.js";
import { describeTransport } from "./conformance.js";

describeTransport({
  name: "gRPC",
  hosts: ["127.0.0.1", "localhost", ...(hasIpv6Loopback() ? ["[::1]"] : [])],
  createNetwork: () => ({
    createTransport: () => new GrpcTransport(DEFAULT_LIMITS),
    silentAddress: async () => (await startSilentHost()).address,
    vanishedAddress: startFullHost,
    unusedAddress,
  }),
});
