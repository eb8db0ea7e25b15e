// `npm run lock:check`: fails when package-lock.json leaves out an optional package of some
// platform, or names the registry that it was made with. Needs no network.
import { findMissing, readLock } from "./lock-file.js";

const lock = await readLock();
const problems = findMissing(lock).map(
  ({ name, range, parentPath }) => `${name}@${range}, wanted by ${parentPath}, is not listed`,
);
for (const [path, { resolved, link }] of Object.entries(lock.packages)) {
  if (resolved !== undefined && link !== true) {
    problems.push(`${path} has a "resolved" address`);
  }
}

if (problems.length > 0) {
  console.error(`package-lock.json is not fit for every machine:\n  ${problems.join("\n  ")}`);
  console.error("Run `npm run lock:complete`.");
  process.exitCode = 1;
} else {
  console.log("package-lock.json lists the optional packages of every platform.");
}
