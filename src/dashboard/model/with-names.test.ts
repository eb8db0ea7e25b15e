import { expect, test } from "vitest";
import { withNames } from "./with-names.js";

const NAMES = new Map([
  ["10.0.0.2:7946", "web-1"],
  ["[fd00::2]:7946", "web-2"],
  ["db.internal:7946", "db"],
]);
const nameOf = (address: string): string | undefined => NAMES.get(address);

test.each([
  ["10.0.0.2:7946 says so", "web-1 says so"],
  ["we asked [fd00::2]:7946 whether it answers", "we asked web-2 whether it answers"],
  ["db.internal:7946, 10.0.0.2:7946", "db, web-1"],
  ["10.0.0.2:79461 is another", "10.0.0.2:79461 is another"],
  ["10.0.0.9:7946 is unknown", "10.0.0.9:7946 is unknown"],
  ["its port is closed", "its port is closed"],
])("in “%s”, addresses that are known become names", (text, named) => {
  expect(withNames(text, nameOf)).toBe(named);
});
