// The package `gossip/metrics`: a peer's figures for Prometheus, for applications with metrics of
// their own.

export { type MetricSources, peerMetrics } from "./peer-metrics.js";
