// What the page keeps, and how often it asks: every limit and period of the dashboard, each with what
// it trades.

/** How often the agent is asked whether it is well; this is also how a lost connection is noticed. */
export const HEALTH_PERIOD_MS = 3_000;

/** As above, while the agent does not answer: shorter, so that the page mends soon after it is back. */
export const LOST_HEALTH_PERIOD_MS = 1_000;

/** The deadline of a question that a person waits for. */
export const CALL_TIMEOUT_MS = 8_000;

/** The deadline of a question for health. A slower answer counts as a lost connection. */
export const HEALTH_TIMEOUT_MS = 4_000;

/** How long to wait before a broken stream is opened again: doubled each time, up to the second. */
export const RETRY_MIN_MS = 500;
/** See {@link RETRY_MIN_MS}. */
export const RETRY_MAX_MS = 5_000;

/**
 * How long a hidden page keeps its streams. Browsers allow six connections to one host, and each page
 * holds two, so that forgotten tabs would keep others from loading.
 */
export const HIDDEN_GRACE_MS = 5_000;

/** Changes of members, and events, are gathered for so long before they are shown. */
export const FLUSH_PERIOD_MS = 100;

/** How many events are kept; older ones are dropped. */
export const EVENTS_KEPT = 2_000;

/** How many of the latest events are asked for when the page opens. */
export const EVENTS_AT_START = 200;

/** How often the figures are asked for, while a chart is looked at. */
export const FIGURES_PERIOD_MS = 2_000;

/** How many answers with figures are kept for the charts: ten minutes. */
export const FIGURES_KEPT = 300;

/** How often who reaches whom is asked for anew, while it is looked at, after the last answer. */
export const REACH_PERIOD_MS = 4_000;

/** As above, in a large cluster, where one round asks very many. */
export const LARGE_REACH_PERIOD_MS = 15_000;

/** How often this agent's own links are asked for, while the graph is looked at. */
export const LINKS_PERIOD_MS = 2_000;

/** How often a member's page asks for its history. */
export const EXPLAIN_PERIOD_MS = 3_000;

/** Beyond so many members a cluster counts as large: names and matrix cells are drawn more sparingly. */
export const LARGE_CLUSTER = 40;

/** How many changes are shown spreading through the graph at once; further ones are left out. */
export const SPREADS_AT_ONCE = 6;
