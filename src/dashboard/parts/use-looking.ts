// Runs something as long as a component is there and the page is seen: what is asked for only while
// somebody looks.

import { useEffect } from "preact/hooks";

/** Runs `look` while the component is shown on a page that is not hidden. */
export function useLooking(look: (signal: AbortSignal) => Promise<void>): void {
  useEffect(() => {
    let stop: AbortController | undefined;
    const update = (): void => {
      if (document.hidden) {
        stop?.abort();
        stop = undefined;
      } else if (stop === undefined) {
        stop = new AbortController();
        void look(stop.signal);
      }
    };
    document.addEventListener("visibilitychange", update);
    update();
    return () => {
      document.removeEventListener("visibilitychange", update);
      stop?.abort();
    };
  }, [look]);
}
