/** One line of `GET /events`. */
export interface EventMessage {
  Type: 'container' | 'image' | 'volume' | 'network' | 'daemon';
  /** `create`, `start`, `die`, `destroy`, `pull`, `tag`, `exec_create: sh` … */
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  scope: 'local';
  /** Unix seconds and nanoseconds. The latter exceeds what a double holds exactly; clients only compare it. */
  time: number;
  timeNano: number;
  /** Legacy spelling of container and image events, absent from API 1.52 on. */
  status?: string;
  id?: string;
  from?: string;
}
