// Names as a test has them: each look-up waits until the test says what there is.

import { NameResolver } from "../../src/transport/name-resolver.js";
import { eventually } from "./eventually.js";

type OnEnd = (addresses: readonly string[], code: string | undefined) => void;

/** A name that is being looked up. */
interface TestLookup {
  readonly name: string;
  readonly onEnds: Map<4 | 6, OnEnd>;
  isCancelled: boolean;
}

/** The look-ups that wait, and the resolver by which they were asked for. */
export class TestNames {
  readonly lookups: TestLookup[] = [];
  readonly resolver: NameResolver;

  /** `hosts` is what the hosts file has. */
  constructor(hosts: Readonly<Record<string, readonly string[]>> = {}) {
    this.resolver = new NameResolver({
      files: { addressesOf: (name) => hosts[name] ?? [], candidatesOf: (name) => [name] },
      newQueries: () => {
        const mine: TestLookup[] = [];
        return {
          query: (name, family, onEnd) => {
            const known = mine.find((lookup) => lookup.name === name);
            const lookup = known ?? { name, onEnds: new Map(), isCancelled: false };
            lookup.onEnds.set(family, onEnd);
            if (known !== undefined) return;
            mine.push(lookup);
            this.lookups.push(lookup);
          },
          cancel: () => {
            for (const lookup of mine) lookup.isCancelled = true;
          },
        };
      },
    });
  }

  /** Ends the look-up that waits, with these addresses, or as failed when there are none. */
  async find(...addresses: readonly string[]): Promise<void> {
    const { onEnds } = await eventually(() => {
      const lookup = this.lookups.shift();
      if (lookup !== undefined) return lookup;
      throw new Error("nothing is being looked up");
    });
    for (const family of [4, 6] as const) {
      const found = addresses.filter((address) => address.includes(":") === (family === 6));
      onEnds.get(family)?.(found, found.length === 0 ? "ENOTFOUND" : undefined);
    }
  }
}
