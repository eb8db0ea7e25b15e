// What was caught, told apart by what it has and never by its class: where a test runner loads this
// package into a context of its own, the errors of Node's modules are of classes that it cannot name.

/** The words of it, for people. */
export function thrownText(thrown: unknown): string {
  const message = propertyOf(thrown, "message");
  if (typeof message === "string") return message;
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

/** Where it was thrown, for those who look for the fault; its words where it does not tell. */
export function thrownStack(thrown: unknown): string {
  const stack = propertyOf(thrown, "stack");
  return typeof stack === "string" ? stack : thrownText(thrown);
}

/** The code of it, such as ENOENT; undefined where it has none. */
export function thrownCode(thrown: unknown): string | undefined {
  const code = propertyOf(thrown, "code");
  return typeof code === "string" ? code : undefined;
}

/** The error underneath it; undefined where there is none. */
export function thrownCause(thrown: unknown): unknown {
  return propertyOf(thrown, "cause");
}

/** What it holds where it stands for several, as Node's error of a name with several addresses does. */
export function thrownTogether(thrown: unknown): readonly unknown[] | undefined {
  const errors = propertyOf(thrown, "errors");
  return Array.isArray(errors) ? errors : undefined;
}

function propertyOf(thrown: unknown, name: string): unknown {
  return typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, name) : undefined;
}
