// The paths of the plain API, and the methods of the admin service that they stand for.

import { AdminService } from "../gen/gossip/admin/v1/admin_pb.js";
import type { AdminActions } from "./admin-service.js";
import { type PlainRoute, streamRoute, unaryRoute } from "./plain-api.js";

/** All that can be read; what acts is called by the methods themselves. */
export function plainRoutes(actions: AdminActions): readonly PlainRoute[] {
  const { method } = AdminService;
  return [
    unaryRoute("/v1/members", method.listMembers, (request) => actions.listMembers(request)),
    streamRoute("/v1/members/watch", method.watchMembers, (request, signal) =>
      actions.watchMembers(request, signal),
    ),
    unaryRoute("/v1/info", method.getInfo, () => actions.getInfo()),
    unaryRoute("/v1/explain", method.explain, (request) => actions.explain(request)),
    unaryRoute("/v1/links", method.listLinks, (request) => actions.listLinks(request)),
    streamRoute("/v1/reach", method.watchReach, (request, signal) =>
      actions.watchReach(request, signal),
    ),
    streamRoute("/v1/events", method.watchEvents, (request, signal) =>
      actions.watchEvents(request, signal),
    ),
    unaryRoute("/v1/stats", method.getStats, () => actions.getStats()),
    unaryRoute(
      "/v1/health",
      method.getHealth,
      () => actions.getHealth(),
      (health) => health.joined,
    ),
  ];
}
