// How much another may send ahead of what it knows to be read, on a stream and on a connection. HTTP/2's
// own 64 KiB a round trip are 200 KB/s where that takes 300 ms: what is behind a long list would be late.

/** Nothing is held for it: what comes is read at once, unless a call of a tool is slow to be answered. */
export const WINDOW_BYTES = 1_048_576;
