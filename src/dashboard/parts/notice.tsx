// Short words on what an action did, read out by screen readers, gone after a while.

import { signal } from "@preact/signals";

const SHOWN_FOR_MS = 6_000;

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isFailure: boolean;
}

const notices = signal<readonly Notice[]>([]);
let nextId = 1;

/** Tells a person something. */
export function tell(text: string, isFailure = false): void {
  const notice = { id: nextId++, text, isFailure };
  notices.value = [...notices.value, notice];
  setTimeout(() => {
    notices.value = notices.value.filter(({ id }) => id !== notice.id);
  }, SHOWN_FOR_MS);
}

/** Where they show. */
export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text, isFailure }) => (
        <p key={id} class={isFailure ? "notice is-failure" : "notice"}>
          {text}
        </p>
      ))}
    </div>
  );
}
