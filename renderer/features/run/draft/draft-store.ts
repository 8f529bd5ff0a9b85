import { create } from 'zustand';
import { emptyDraft, type RunDraft } from './draft.ts';

export interface DraftState {
  draft: RunDraft;
  /** The field changed last, marked in the command. */
  changed: string;
  /** Ports were typed by the person: the image's own are not filled in over them. */
  hasOwnPorts: boolean;
}

/** The form survives a look at another page. */
export const useDraft = create<DraftState>(() => ({ draft: emptyDraft(''), changed: '', hasOwnPorts: false }));

export function changeDraft(field: string, fields: Partial<RunDraft>): void {
  useDraft.setState(({ draft, hasOwnPorts }) => ({ draft: { ...draft, ...fields }, changed: field, hasOwnPorts: hasOwnPorts || fields.ports !== undefined }));
}

export function resetDraft(image: string): void {
  useDraft.setState({ draft: emptyDraft(image), changed: '', hasOwnPorts: false });
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
