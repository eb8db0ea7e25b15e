// What the comparison and its hosts say to each other, one JSON object a line: a host is a process
// with members of one contender, and answers each request, by its id, once that is done.

/** What a host is asked. Members are numbered through the whole cluster. */
export type HostRequest =
  /** Start members, each at a port of its own, which join through the seed; done once they listen. */
  | {
      readonly type: "start";
      readonly first: number;
      readonly count: number;
      /** Of member 0; the others count up from it. */
      readonly port: number;
      readonly seed: number;
    }
  /** Change what a member says of itself. */
  | { readonly type: "update"; readonly member: number }
  /** Let a member go in good order. */
  | { readonly type: "leave"; readonly member: number }
  /** Done once all members here list so many, themselves included. */
  | { readonly type: "await-listed"; readonly size: number }
  /** Done once all members here, but itself, were told of a change of it from now on. */
  | { readonly type: "await-updated"; readonly member: number }
  /** Done once no member here, but itself, lists it. */
  | { readonly type: "await-gone"; readonly member: number }
  /** Tell how often members here took each member off their lists. */
  | { readonly type: "gones" };

/** What a host says. */
export interface HostAnswer {
  readonly id: number;
  readonly gones?: Readonly<Record<string, number>>;
}
