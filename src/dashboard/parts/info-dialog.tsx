// The dialog in which a person changes the agent's own name and metadata.

import { useState } from "preact/hooks";
import { admin, asked } from "../model/admin-client.js";
import { self } from "../model/roster.js";
import { endAction } from "./action.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { type InfoRow, infoChange } from "./info-change.js";
import { tell } from "./notice.js";

let nextRow = 1;

function row(key: string, value: string): InfoRow {
  return { id: nextRow++, key, value };
}

/** The dialog. It begins with what the agent tells of itself at present. */
export function InfoDialog() {
  const [before] = useState(self.peek());
  const [name, setName] = useState(before?.name ?? "");
  const text = (before?.metadata ?? []).filter((entry) => entry.isText);
  const [rows, setRows] = useState<readonly InfoRow[]>(() =>
    text.map(({ key, value }) => row(key, value)),
  );
  const save = async (): Promise<void> => {
    const change = infoChange(before?.name ?? "", text, name, rows);
    await admin.setInfo(change, asked);
    tell("The info is set; the others are told");
  };
  return (
    <Dialog title="Set the info" confirm="Set" onConfirm={save} onClose={endAction}>
      <label class="field">
        <span>Name</span>
        <input
          value={name}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <fieldset class="field">
        <legend>Metadata</legend>
        {rows.map((each) => (
          <InfoRowFields key={each.id} row={each} rows={rows} setRows={setRows} />
        ))}
        <button type="button" class="button" onClick={() => setRows([...rows, row("", "")])}>
          <Icon name="plus" /> Add a key
        </button>
      </fieldset>
    </Dialog>
  );
}

interface RowProps {
  readonly row: InfoRow;
  readonly rows: readonly InfoRow[];
  setRows(rows: readonly InfoRow[]): void;
}

function InfoRowFields({ row: { id, key, value }, rows, setRows }: RowProps) {
  const change = (part: Partial<InfoRow>): void =>
    setRows(rows.map((each) => (each.id === id ? { ...each, ...part } : each)));
  return (
    <div class="info-row">
      <input
        aria-label="Key"
        placeholder="key"
        value={key}
        required
        autocomplete="off"
        onInput={(event) => change({ key: event.currentTarget.value })}
      />
      <input
        aria-label={key === "" ? "Value" : `Value of ${key}`}
        placeholder="value"
        value={value}
        autocomplete="off"
        onInput={(event) => change({ value: event.currentTarget.value })}
      />
      <button
        type="button"
        class="button is-plain"
        aria-label={key === "" ? "Remove this key" : `Remove ${key}`}
        onClick={() => setRows(rows.filter((each) => each.id !== id))}
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}
