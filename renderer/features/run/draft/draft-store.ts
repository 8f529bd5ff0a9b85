import { create } from 'zustand';
import { emptyDraft, type RunDraft } from './draft.ts';
import type { FlagName } from './flags/run-flags.ts';

export interface DraftState {
  draft: RunDraft;
  /** The field changed last, marked in the command. */
  changed: string;
  /** Ports were typed by the person: the image's own are not filled in over them. */
  hasOwnPorts: boolean;
  /** What a pasted command had and the form has not. */
  notes: readonly string[];
}

/** The form survives a look at another page. */
export const useDraft = create<DraftState>(() => ({ draft: emptyDraft(''), changed: '', hasOwnPorts: false, notes: [] }));

export function changeDraft(field: string, fields: Partial<RunDraft>): void {
  useDraft.setState(({ draft, hasOwnPorts }) => ({ draft: { ...draft, ...fields }, changed: field, hasOwnPorts: hasOwnPorts || fields.ports !== undefined }));
}

export function resetDraft(image: string): void {
  useDraft.setState({ draft: emptyDraft(image), changed: '', hasOwnPorts: false, notes: [] });
}

/** A whole form, read from a command. */
export function fillDraft(draft: RunDraft, notes: readonly string[]): void {
  useDraft.setState({ draft, changed: '', hasOwnPorts: true, notes });
}

export const dismissNotes = (): void => useDraft.setState({ notes: [] });

/** @param values of the flag; none takes it away. */
export function changeOption(name: FlagName, values: string[], field: string = name): void {
  const { draft } = useDraft.getState();
  const options = { ...draft.options, [name]: values };
  if (values.length === 0) delete options[name];
  changeDraft(field, { options });
}

type RowsOf = { ports: RunDraft['ports']; env: RunDraft['env']; volumes: RunDraft['volumes'] };

export function changeRow<K extends keyof RowsOf>(rows: K, key: string, fields: Partial<RowsOf[K][number]>): void {
  const { draft } = useDraft.getState();
  const next = draft[rows].map((row) => (row.key === key ? { ...row, ...fields } : row));
  changeDraft(key, { [rows]: next } as Partial<RunDraft>);
}

export function removeRow(rows: keyof RowsOf, key: string): void {
  const { draft } = useDraft.getState();
  changeDraft('', { [rows]: (draft[rows] as { key: string }[]).filter((row) => row.key !== key) } as Partial<RunDraft>);
}
