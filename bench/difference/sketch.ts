// The rateless sketch, as in src/core/native/exchanges.ts.

import { ExchangePair } from "../../test/support/exchange-pair.js";
import type { Way } from "./lists.js";

export const sketch: Way = {
  name: "sketch",
  prepare({ one, two }) {
    return (wire) => {
      const pair = new ExchangePair(one, two, (frame) => wire.frame(frame));
      wire.crossings += pair.exchange(1_000).rounds;
    };
  },
};
