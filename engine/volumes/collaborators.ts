/** The user's folders where this machine is a VM; see `guest/host-folders/`. */
export interface HostFolders {
  /** @param create make a folder where nothing is. @throws InvalidParameterError in the host's words for what may not be mounted */
  check(path: string, create: boolean): Promise<void>;
  /** The same, and makes sure that it is there. @returns where it is in this machine */
  open(path: string, create: boolean): Promise<string>;
}
