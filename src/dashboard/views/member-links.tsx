// The links of one member, which that member itself is asked for.

import { useEffect, useState } from "preact/hooks";
import type { Link } from "../../gen/gossip/admin/v1/admin_pb.js";
import { admin, asked, reasonOf } from "../model/admin-client.js";
import { milliseconds } from "../model/format.js";
import { lengthMs } from "../model/member-view.js";
import { MemberLink } from "../parts/member-link.js";
import { Empty } from "../parts/view.js";

type Answer =
  | { readonly type: "waiting" }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "links"; readonly links: readonly Link[] };

/** The links of the member at `address`, as it told them when the page was opened. */
export function MemberLinks({ address }: { readonly address: string }) {
  const [answer, setAnswer] = useState<Answer>({ type: "waiting" });
  const [asks, setAsks] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    admin.listLinks({ address }, { ...asked, signal: stop.signal }).then(
      ({ links }) => setAnswer({ type: "links", links }),
      (error: unknown) => {
        if (!stop.signal.aborted) setAnswer({ type: "failed", reason: reasonOf(error) });
      },
    );
    return () => stop.abort();
  }, [address, asks]);
  return (
    <section class="card">
      <div class="card-head">
        <h2>Its links</h2>
        <button type="button" class="button is-quiet" onClick={() => setAsks(asks + 1)}>
          Ask again
        </button>
      </div>
      <AnswerBody answer={answer} />
    </section>
  );
}

function AnswerBody({ answer }: { readonly answer: Answer }) {
  switch (answer.type) {
    case "waiting":
      return <Empty>It is being asked …</Empty>;
    case "failed":
      return <Empty>It did not tell: {answer.reason}</Empty>;
    case "links":
      return answer.links.length === 0 ? (
        <Empty>It has none.</Empty>
      ) : (
        <LinkTable links={answer.links} />
      );
    default:
      answer satisfies never;
      return null;
  }
}

function LinkTable({ links }: { readonly links: readonly Link[] }) {
  const sorted = [...links].sort((a, b) => (a.address < b.address ? -1 : 1));
  return (
    <table class="plain-table">
      <thead>
        <tr>
          <th scope="col">To</th>
          <th scope="col">Dialled by</th>
          <th scope="col">Round trip</th>
          <th scope="col">Heard</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((link) => (
          <tr key={link.address}>
            <th scope="row">
              <MemberLink address={link.address} />
              {link.neighbour ? null : <span class="tag">temporary</span>}
            </th>
            <td>{link.outbound ? "itself" : "the other"}</td>
            <td class="number">{milliseconds(lengthMs(link.roundTrip))}</td>
            <td class="number">{milliseconds(lengthMs(link.silentFor))} ago</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
