import { useCallback, useEffect, useRef, useState } from 'react';
import type { FileList, FileOrder } from '../../../contract/engine-api/files.ts';
import type { FileSource } from './file-source.ts';

export interface FolderState {
  /** What was read last; stays while the next is on its way. */
  listing: FileList | undefined;
  failure: string | undefined;
  isReading: boolean;
  again(): Promise<void>;
  /** Reads the next page behind what is there. */
  more(): Promise<void>;
}

const pageSize = 1000;

/** A folder as the source has it, read again when place, order or filter change. */
export function useFolder(source: FileSource, path: string, order: { sort: FileOrder; descending: boolean }, filter: string): FolderState {
  const [state, setState] = useState<Pick<FolderState, 'listing' | 'failure' | 'isReading'>>({ listing: undefined, failure: undefined, isReading: true });
  const round = useRef(0);
  const { sort, descending } = order;

  const again = useCallback(async () => {
    const mine = (round.current += 1);
    setState((before) => ({ ...before, isReading: true }));
    try {
      const listing = await source.list(path, { sort, descending, filter, offset: 0, limit: pageSize });
      if (mine === round.current) setState({ listing, failure: undefined, isReading: false });
    } catch (error) {
      if (mine === round.current) setState({ listing: undefined, failure: (error as Error).message, isReading: false });
    }
  }, [source, path, sort, descending, filter]);

  const more = useCallback(async () => {
    const mine = round.current;
    const { listing } = state;
    if (listing === undefined) return;
    try {
      const next = await source.list(path, { sort, descending, filter, offset: listing.Entries.length, limit: pageSize });
      if (mine !== round.current) return;
      // A folder that changed meanwhile may show an entry twice.
      const known = new Set(listing.Entries.map(({ Name }) => Name));
      setState({ listing: { ...next, Offset: 0, Entries: [...listing.Entries, ...next.Entries.filter(({ Name }) => !known.has(Name))] }, failure: undefined, isReading: false });
    } catch (error) {
      if (mine === round.current) setState((before) => ({ ...before, failure: (error as Error).message }));
    }
  }, [source, path, sort, descending, filter, state]);

  useEffect(() => {
    // It asks first and sets what was answered.
    // oxlint-disable-next-line react/set-state-in-effect
    void again();
  }, [again]);

  return { ...state, again, more };
}
