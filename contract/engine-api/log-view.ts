/** Answers of the engine's own log endpoints: docs/api-extensions.md. */

/** How much there is of some logs; `Progress` alone (0 to 1) while an index is being made. */
export interface LogState {
  Progress?: number;
  Containers?: { Id: string; Name: string; Driver: string; Running: boolean; Tty: boolean; First: number; End: number; Bytes: number; Epoch: number }[];
  First?: number;
  End?: number;
  Bytes?: number;
  /** Milliseconds since 1970; 0 for an empty log. */
  FirstTime?: number;
  LastTime?: number;
  Errors?: number;
  Warnings?: number;
  /** How much of the logs has been looked through for them: 0 to 1. */
  Counted?: number;
}

export interface LogSearchRequest {
  Containers: string[];
  /** ECMAScript regular expression over one line without its escape sequences. */
  Pattern?: string;
  IgnoreCase?: boolean;
  Stream?: 'stdout' | 'stderr';
  Levels?: ('error' | 'warning' | 'info' | 'debug' | 'none')[];
  /** Matches that are listed of each container; all are counted. */
  Limit?: number;
  /** Per container the line to begin with. */
  From?: number[];
}

/** The JSON frames of a search; the last has `Done`. */
export interface LogSearchProgress {
  Searched?: number;
  Bytes?: number;
  Matches?: number;
  End?: number[];
  Done?: boolean;
  Error?: string;
}
