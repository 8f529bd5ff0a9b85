/** Body of `GET /slipway/stats`: the counters of everything that runs, in one answer. */
export interface UsageReport {
  /** Milliseconds since 1970, with a fraction. */
  At: number;
  /** CPUs and bytes of memory of the machine that the containers share. */
  Cpus: number;
  Memory: number;
  Containers: ContainerUsage[];
}

/** Counters go up from the container's start. Source: the cgroup's files and `/proc/PID/net/dev`. */
export interface ContainerUsage {
  Id: string;
  /** Nanoseconds of all CPUs. */
  CpuTime: number;
  /** Bytes in use, without the cache that the kernel takes back first: the figure of `docker stats`. */
  Memory: number;
  /** Bytes; the machine's memory where the container has no limit of its own. */
  MemoryLimit: number;
  /** Bytes over all interfaces but the loopback. */
  Received: number;
  Sent: number;
  /** Bytes of block devices. */
  Read: number;
  Written: number;
  Processes: number;
}
