// The few pictures of the page, drawn with lines. They never stand alone: a word says the same.

const PATHS = {
  members: "M4 6h16M4 12h16M4 18h10",
  graph:
    "M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4M5 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4m14 1a2 2 0 1 0 0-4 2 2 0 0 0 0 4M7 21a2 2 0 1 0 0-4 2 2 0 0 0 0 4M6.5 6.5l4 4m3 0 4-3M11 14l-3 3.500",
  reach: "M4 4h5v5H4zM15 4h5v5h-5zM4 15h5v5H4zM15 15h5v5h-5z",
  timeline: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16m0 4v4l3 2",
  charts: "M4 4v16h16M8 15l3-4 3 2 5-7",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M19 5l-1.4 1.4M6.4 17.6 5 19",
  moon: "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14m5 12 4 4",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  leave: "M10 4H5v16h5m4-12 4 4-4 4m4-4H9",
  trash: "M5 7h14M10 7V4h4v3m-8 0 1 13h10l1-13",
  back: "M15 5l-7 7 7 7",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z",
  alert: "M12 4 3 20h18zM12 10v4m0 3v.01",
  check: "M5 13l4 4L19 7",
  dot: "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6",
  cross: "M6 6l12 12M18 6 6 18",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
} as const;

/** The name of a picture. */
export type IconName = keyof typeof PATHS;

/** A picture in the size and colour of the text around it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sign of the project. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" />
      <path d="M16 16 8 9M16 16l9-5M16 16l-5 9M16 16l8 7M8 9l17 2M11 25l13-2" />
      <circle cx="16" cy="16" r="4" />
      <circle cx="8" cy="9" r="2.4" />
      <circle cx="25" cy="11" r="2.4" />
      <circle cx="11" cy="25" r="2.4" />
      <circle cx="24" cy="23" r="2.4" />
    </svg>
  );
}
