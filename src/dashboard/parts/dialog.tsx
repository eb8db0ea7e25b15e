// A question before something is done: the browser's own modal dialog, which keeps the focus inside,
// closes with Escape and gives the focus back.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { isTokenMissing, reasonOf, rememberToken } from "../model/admin-client.js";

interface DialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly children: ComponentChildren;
  /** Does it; what it throws is shown, and the dialog stays. */
  onConfirm(form: FormData): Promise<void>;
  onClose(): void;
}

/** A dialog, open as long as it is there. */
export function Dialog(props: DialogProps) {
  const { title, children, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { submit, isBusy, failure, needsToken } = useSubmit(props);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={titleId} onClose={onClose}>
      <form method="dialog" onSubmit={submit}>
        <h2 id={titleId}>{title}</h2>
        <div class="dialog-body">{children}</div>
        {needsToken && <TokenField />}
        <p class="failure" role="alert">
          {failure}
        </p>
        <div class="dialog-foot">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button
            type="submit"
            class={props.isDangerous === true ? "button is-danger" : "button is-primary"}
            disabled={isBusy}
          >
            {isBusy ? "One moment …" : props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Shown once the agent has said that it takes no action without. */
function TokenField() {
  return (
    <label class="field">
      <span>Token of the agent</span>
      <input name="token" type="password" required autocomplete="off" />
      <small class="muted">
        The one in the file that the agent was given with --admin-token-file. It is kept until this
        page is closed.
      </small>
    </label>
  );
}

function useSubmit({ onConfirm, onClose }: DialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const [needsToken, setNeedsToken] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isBusy || !(event.currentTarget instanceof HTMLFormElement)) return;
    setBusy(true);
    setFailure("");
    const form = new FormData(event.currentTarget);
    const given = form.get("token");
    if (typeof given === "string") rememberToken(given);
    onConfirm(form).then(onClose, (error: unknown) => {
      setFailure(reasonOf(error));
      setNeedsToken(isTokenMissing(error));
      setBusy(false);
    });
  };
  return { submit, isBusy, failure, needsToken };
}
