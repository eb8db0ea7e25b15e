// Makes one measurement of the cluster benchmark, in a process that does nothing else.

import { measureEcho } from "./echo.js";
import { measureMemberMemory } from "./member-memory.js";
import type { Figures, Job } from "./messages.js";
import { measureNews } from "./news.js";
import { measureProfile } from "./profile.js";
import { measureRest } from "./rest.js";

// tsx turns them on, and each error that is made costs more with them.
process.setSourceMapsEnabled(false);

function measure(job: Job): Promise<Figures> {
  switch (job.type) {
    case "echo":
      return measureEcho(job.streams);
    case "rest":
      return measureRest(job.peers, job.rule);
    case "news":
      return measureNews(job.peers, job.rule);
    case "profile":
      return measureProfile(job.peers);
    case "member-memory":
      return measureMemberMemory(job.rule);
    default:
      return job satisfies never;
  }
}

process.once("message", (job: Job) => {
  measure(job).then(
    (figures) => process.send?.(figures, () => process.exit()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
