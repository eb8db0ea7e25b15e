// The services by which peers speak with each other.

import type { DescService } from "@bufbuild/protobuf";
import { Gossip } from "../gen/gossip/v1/gossip_pb.js";
import { GossipService } from "../gen/gossip_pb.js";

/** That of the seed dialect, and that of the native protocol. */
export const PEER_SERVICES: readonly DescService[] = [GossipService, Gossip];
