// The actions of the page: which dialog is open, and whether the agent takes actions at all.

import { computed, signal } from "@preact/signals";
import { connection, health } from "../model/connection.js";

/** What a person is about to do. */
export type Action =
  | { readonly type: "set-info" }
  | { readonly type: "join" }
  | { readonly type: "forget"; readonly address: string; readonly title: string }
  | { readonly type: "leave" };

/** The dialog that is open, if any. */
export const action = signal<Action | undefined>(undefined);

/** Whether the agent takes no actions; until it has said so, none are offered. */
export const isReadOnly = computed(() => health.value?.readOnly ?? true);

/** Whether an action can be begun now. */
export const canAct = computed(() => !isReadOnly.value && connection.value.type === "connected");

/** Opens a dialog. */
export function begin(next: Action): void {
  action.value = next;
}

/** Closes it. */
export function endAction(): void {
  action.value = undefined;
}
