// The frame of each view: its heading, which takes the focus when the view is gone to, and its tools.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface ViewProps {
  readonly title: string;
  /** What the view shows, in one sentence. */
  readonly about?: ComponentChildren;
  readonly tools?: ComponentChildren;
  /** True for a view that fills the window instead of growing with what it holds. */
  readonly fills?: boolean;
  readonly children: ComponentChildren;
}

let hasShown = false;

/** A view. */
export function View({ title, about, tools, fills = false, children }: ViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · gossip`;
    // Not as the page opens: the focus belongs to the top then.
    if (hasShown) heading.current?.focus({ preventScroll: true });
    hasShown = true;
  }, [title]);
  return (
    <div class={fills ? "view is-filling" : "view"}>
      <header class="view-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {about === undefined ? null : <p class="muted">{about}</p>}
        </div>
        {tools === undefined ? null : <div class="tools">{tools}</div>}
      </header>
      {children}
    </div>
  );
}

/** What stands where there is nothing to show. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
