/** What the pane at the right tells about. */
export type Picked = { kind: 'network'; id: string } | { kind: 'container'; id: string };
