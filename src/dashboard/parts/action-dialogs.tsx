// The dialogs behind which the actions are: join, forget and leave. Setting the info is in its own file.

import { admin, asked } from "../model/admin-client.js";
import { askForHealth } from "../model/connection.js";
import { self } from "../model/roster.js";
import { goTo } from "../model/route.js";
import { action, endAction } from "./action.js";
import { Dialog } from "./dialog.js";
import { InfoDialog } from "./info-dialog.js";
import { tell } from "./notice.js";

/** The dialog that is open, if any. */
export function ActionDialogs() {
  const current = action.value;
  if (current === undefined) return null;
  switch (current.type) {
    case "set-info":
      return <InfoDialog />;
    case "join":
      return <JoinDialog />;
    case "forget":
      return <ForgetDialog address={current.address} title={current.title} />;
    case "leave":
      return <LeaveDialog />;
    default:
      current satisfies never;
      return null;
  }
}

function JoinDialog() {
  const join = async (form: FormData): Promise<void> => {
    const addresses = String(form.get("addresses") ?? "")
      .split(/[\s,]+/)
      .filter((address) => address !== "");
    // Seeds are waited for as long as the agent gives them.
    const { outcomes } = await admin.join({ addresses });
    for (const { address, answered, reason } of outcomes) {
      tell(answered ? `${address} answered` : `${address} did not answer: ${reason}`, !answered);
    }
  };
  return (
    <Dialog title="Join a cluster" confirm="Join" onConfirm={join} onClose={endAction}>
      <label class="field">
        <span>Seeds</span>
        <input name="addresses" required placeholder="10.0.0.5:7946" autocomplete="off" />
        <small class="muted">
          Addresses of peers of that cluster, with a space between them. The two clusters become
          one.
        </small>
      </label>
    </Dialog>
  );
}

function ForgetDialog({ address, title }: { readonly address: string; readonly title: string }) {
  const forget = async (): Promise<void> => {
    await admin.forget({ address }, asked);
    tell(`${title} is forgotten`);
    goTo({ type: "members" });
  };
  return (
    <Dialog
      title={`Forget ${title}?`}
      confirm="Forget"
      isDangerous
      onConfirm={forget}
      onClose={endAction}
    >
      <p>
        <span class="address">{address}</span> disappears from the list of every member now, instead
        of when its time is over. If it still runs, it comes back by itself.
      </p>
    </Dialog>
  );
}

function LeaveDialog() {
  const leave = async (): Promise<void> => {
    await admin.leave({}, asked);
    tell("The agent has left the cluster and ends");
    await askForHealth();
  };
  return (
    <Dialog
      title={`Let ${self.value?.title ?? "this agent"} leave?`}
      confirm="Leave"
      isDangerous
      onConfirm={leave}
      onClose={endAction}
    >
      <p>
        The agent tells the others that it goes, and ends. This page is served by it, and stops too.
        Only whoever started the agent can start it again.
      </p>
    </Dialog>
  );
}
